"""How are things shown with other things inside them? docs.stripe.com/expand."""

from typing import Any, Final

from integrations.stripe.fake.act import Act
from integrations.stripe.fake.refusals import Refused, wrong_value
from integrations.stripe.fake.shown import show

_DEEPEST: Final = 4


def expand(shown: dict[str, Any], paths: list[str], act: Act) -> dict[str, Any]:
    """Put things in place of their ids where the paths say; raises `Refused` for a path that leads to none."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > _DEEPEST:
            raise wrong_value("expand", f"You cannot expand more than {_DEEPEST} levels of a property: {path}")
        _expand(shown, steps, path, act)
    return shown


def _expand(shown: dict[str, Any], steps: list[str], path: str, act: Act) -> None:
    step, *rest = steps
    if step == "data" and shown.get("object") == "list":
        for each in shown["data"]:
            _expand(each, rest, path, act)
        return
    value = _opened(shown, step, path, act)
    if rest and isinstance(value, dict):
        _expand(value, rest, path, act)


def _opened(shown: dict[str, Any], step: str, path: str, act: Act) -> Any:
    if step not in shown:
        raise _not_expandable(path)
    value = shown[step]
    if isinstance(value, int):
        raise _not_expandable(path)
    if isinstance(value, str):
        thing = act.find(value)
        if thing is None:
            raise _not_expandable(path)
        shown[step] = value = show(thing, act)
    return value


def _not_expandable(path: str) -> Refused:
    return wrong_value("expand", f"This property cannot be expanded ({path}).")
