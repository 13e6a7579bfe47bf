"""Does the page show what is really answered? Everything that is new each time is masked; the rest must be equal."""

import re
from typing import Any

MORE = "…"
"""A key that stands for fields left out, and the end of a text that goes on."""

_MASKS = (
    (re.compile(r"\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b"), lambda found: found[0][:4]),
    (re.compile(r"\bod_test_[0-9A-Za-z]{12}(_\S+)?"), lambda _: "KEY"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), lambda _: "TIME"),
    (re.compile(r"(?<=final on )\d{4}-\d\d-\d\d"), lambda _: "DAY"),
    (re.compile(r"(?<=INV-)\d{4}"), lambda _: "YEAR"),
    (re.compile(r"^\d{11}$"), lambda _: "REFERENCE"),
    (re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b"), lambda _: "NUMBER"),
    (re.compile(r"127\.0\.0\.1:\d+"), lambda _: "HOST"),
    (re.compile(r"\d+\.\d s\b"), lambda _: "SECONDS"),
    (re.compile(r"(?<=Logs ) +\S+"), lambda _: "FOLDER"),
    (re.compile(r" +"), lambda _: " "),
)


def masked(text: str) -> str:
    """The text without what is new each time."""
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


def unlike(shown: Any, answered: Any, at: str = "") -> list[str]:
    """Where an abridged JSON answer differs from the real one; empty when it does not."""
    match shown, answered:
        case dict(), dict():
            return _unlike_objects(shown, answered, at)
        case list(), list():
            if not shown or not answered:
                return [] if shown == answered else [f"{at}: {shown!r} is not {answered!r}"]
            return [line for each in shown if each not in answered for line in unlike(each, answered[0], f"{at}[]")]
        case str(), str() if shown.endswith(MORE) and masked(shown) != "KEY":
            return []  # A cursor or the like: that it is a text is all there is to show.
        case str(), str():
            return [] if masked(shown) == masked(answered) else [f"{at}: {shown!r} is not like {answered!r}"]
    return [] if shown == answered and type(shown) is type(answered) else [f"{at}: {shown!r} is not {answered!r}"]


def _unlike_objects(shown: dict[str, Any], answered: dict[str, Any], at: str) -> list[str]:
    told = {name: value for name, value in shown.items() if name != MORE}
    wrong = [f"{at}.{name} is not answered" for name in told.keys() - answered.keys()]
    left_out = answered.keys() - told.keys()
    if bool(left_out) != (MORE in shown):
        wrong.append(f"{at}: left out are {sorted(left_out)}")
    return wrong + [
        line for name in told.keys() & answered.keys() for line in unlike(told[name], answered[name], f"{at}.{name}")
    ]
