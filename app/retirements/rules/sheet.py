"""What is typed into each field of a registry's screen, in its order and under its labels?"""

from collections.abc import Iterator, Sequence
from typing import Any

from app.retirements.rules.consumption import Consumption
from app.retirements.rules.energy import Energy
from app.retirements.rules.registry_rules import Limit, Mode, RegistryRules
from app.retirements.rules.text import RegistryText
from app.retirements.rules.wish import length

MODE_WORDS = {"total": "クレジット総量指定方式", "serial": "シリアル番号指定方式"}
"""The two ways of naming credits, as the registry's support page names them."""


def sheet_fields(
    rules: RegistryRules,
    text: RegistryText,
    *,
    serials: Sequence[dict[str, Any]],
    quantity: int,
    energy: Energy | None,
    consumption: Consumption | None,
    mode: Mode,
) -> list[dict[str, Any]]:
    """Each field of the screen with the exact text to copy, its length as the registry counts, and the limit if known.

    A field that is not asked in this mode is left out.
    """
    values = _values(text, serials, quantity, energy, mode) | {"consumption": " ".join(_used(consumption))}
    limits = {
        "beneficiary_name": rules.limits.value.beneficiary_name,
        "purpose_detail": rules.limits.value.purpose_detail,
    }
    return [
        {
            "key": field.key,
            "label_ja": field.label_ja,
            "label_en": field.label_en,
            "verified": field.verified,
            "copy": values[field.key],
            **_counted(values[field.key], limits.get(field.key)),
        }
        for field in rules.fields.value
        if mode in field.modes and values[field.key]
    ]


def _values(
    text: RegistryText, serials: Sequence[dict[str, Any]], quantity: int, energy: Energy | None, mode: Mode
) -> dict[str, str]:
    numbers = dict.fromkeys(each["certification_no"] for each in serials)
    return {
        "purpose": text.purpose,
        "purpose_detail": text.purpose_detail,
        "beneficiary_name": text.beneficiary_name,
        "mode": MODE_WORDS[mode],
        "certification_no": "\n".join(numbers),
        "serials": "\n".join(_written(each) for each in serials),
        "quantity": str(quantity),
        "energy": " ".join(_energy(energy)),
    }


def _written(serial: dict[str, Any]) -> str:
    return serial["text"] or f"{serial['prefix']}{serial['first']} - {serial['prefix']}{serial['last']}"


def _energy(energy: Energy | None) -> Iterator[str]:
    if energy is not None and energy.power_kwh is not None:
        yield f"{energy.power_kwh} kWh"
    if energy is not None and energy.heat_mj is not None:
        yield f"{energy.heat_mj} MJ"


def _used(consumption: Consumption | None) -> Iterator[str]:
    if consumption is not None and consumption.country is not None:
        yield consumption.country
    if consumption is not None and consumption.period_from is not None:
        yield f"{consumption.period_from} - {consumption.period_to}"


def _counted(value: str, limit: Limit | None) -> dict[str, Any]:
    counted = "characters" if limit is None else limit.counted
    size = length(value, Limit(1) if limit is None else limit)
    return {"length": size, "counted": counted, "longest": None if limit is None else limit.longest}
