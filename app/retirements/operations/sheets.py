"""How does a retirement become the sheet of what is typed at the registry?"""

from typing import Any

import msgspec

from app.core.db import AsyncSession
from app.inventory import queries as stock
from app.retirements.models import Retirement
from app.retirements.operations.moves import attribute_of, energy_of, purpose_word_of, wish_of
from app.retirements.rules import registry_text, sheet_fields
from app.retirements.rules.registry_rules import RegistryRules


async def written_sheet(session: AsyncSession, retirement: Retirement, rules: RegistryRules) -> dict[str, Any]:
    """What is to be typed at the registry, word for word, and field by field in every mode that the registry has.

    It is kept with the task as it was then: when rules change, what people were shown stays known.
    """
    written = await stock.serials_written(session, retirement.org_id, retirement.id)
    text = registry_text(wish_of(retirement), retirement.reference, purpose_word=purpose_word_of(retirement))
    serials = [
        {
            "certification_no": serial.certification_no,
            "prefix": serial.serial_prefix,
            "first": serial.first,
            "last": serial.last,
            "text": serial.text,
            "quantity": serial.quantity,
            "numbers": serial.numbers,
        }
        for serial in written
    ]
    energy, wish = energy_of(retirement), wish_of(retirement)
    return {
        **_attribute(retirement),
        "reference": retirement.reference,
        "beneficiary_name": text.beneficiary_name,
        "purpose": text.purpose,
        "purpose_detail": text.purpose_detail,
        "also_purposes": [_word(rules, code) for code in retirement.also_purposes],
        "quantity": retirement.quantity,
        "unit": retirement.unit,
        "power_kwh": energy.power_kwh,
        "heat_mj": energy.heat_mj,
        "serials": serials,
        "fields": {
            mode: sheet_fields(
                rules,
                text,
                serials=serials,
                quantity=retirement.quantity,
                energy=energy,
                consumption=wish.consumption,
                mode=mode,
            )
            for mode in rules.modes.value
        },
    }


def _attribute(retirement: Retirement) -> dict[str, Any]:
    """Of energy certificates: what they are an attribute of, and which consumption they are for."""
    attribute = attribute_of(retirement)
    if attribute is None:
        return {}
    told: dict[str, Any] = msgspec.to_builtins(attribute)
    return {"energy": told["facts"], "consumption": told["consumption"]}


def _word(rules: RegistryRules, code: str) -> str:
    rule = rules.purpose(code)
    return code if rule is None else rule.word
