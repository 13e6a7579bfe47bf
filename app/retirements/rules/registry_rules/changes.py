"""Which rules hold for a registry: those that the desk ships with, changed by what the operator has said since?"""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final, NamedTuple, get_type_hints

import msgspec

from app.retirements.rules.purposes import purpose_of
from app.retirements.rules.registry_rules.energy_certificates import SHIPPED_ENERGY
from app.retirements.rules.registry_rules.jcredit import JCREDIT
from app.retirements.rules.registry_rules.others import GENERAL, SHIPPED_OTHERS
from app.retirements.rules.registry_rules.shape import Datum, RegistryRules

SHIPPED: Final = {"jcredit": JCREDIT, **SHIPPED_OTHERS, **SHIPPED_ENERGY}
KEYS: Final = RegistryRules.__struct_fields__


class Change(NamedTuple):
    """What the operator said of one rule, instead of what was believed; `value` is plain, as JSON gives it."""

    key: str
    value: Any
    verified: bool
    source: str
    note: str


def shipped_rules(registry_code: str) -> RegistryRules:
    """What the desk believes of a registry when nobody has said anything; of one that it does not know, the general."""
    return SHIPPED.get(registry_code, GENERAL)


def rules_with(registry_code: str, changes: Iterable[Change]) -> RegistryRules:
    """The rules that hold, the changes in the order in which they were made."""
    rules = shipped_rules(registry_code)
    for change in changes:
        datum = Datum(
            value=read_value(change.key, change.value), verified=change.verified, source=change.source, note=change.note
        )
        rules = msgspec.structs.replace(rules, **{change.key: datum})
    return rules


def read_value(key: str, value: Any) -> Any:
    """A plain value as the rule's own kind. Raises ValueError that says what is wrong with it."""
    kinds = _kinds()
    if key not in kinds:
        raise ValueError(f"One of: {', '.join(KEYS)}.")
    try:
        read = msgspec.convert(value, kinds[key])
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    if key == "purposes" and (strange := [rule.code for rule in read if purpose_of(rule.code) is None]):
        raise ValueError(f"The desk has no words for: {', '.join(strange)}.")
    return read


@cache
def _kinds() -> dict[str, Any]:
    """What the value of each rule is: the `T` of its `Datum[T]`."""
    return {key: hint.__args__[0] for key, hint in get_type_hints(RegistryRules).items()}
