"""What do we ask Isometric for? From one of our retirements to the body of a request, by its document's own limits.

Pure. What the document says is not valid is refused here, before a byte leaves: it retires nothing, and the registry
would say the same.
"""

import hashlib
from collections.abc import Iterable
from itertools import combinations
from typing import Any, Final

import msgspec

from integrations.registries.base import (
    ALREADY_RETIRED,
    NotSent,
    Rejected,
    RetirementRequest,
    SerialBlock,
    public_note,
)
from integrations.registries.isometric.answers import UNIT, block_of
from integrations.registries.isometric.shapes import Batch, BatchStatus

NOTES_MAX: Final = 256
NAME_MAX: Final = 256
TEXT_TOO_LONG: Final = "text_too_long"
QUANTITY_MISMATCH: Final = "quantity_mismatch"

PURPOSES: Final[dict[str, tuple[str, ...]]] = {
    "corporate_targets": (
        "CORPORATE_TARGETS", "SBT", "SBTへの報告", "RE100", "RE100への報告", "SHIFT_ASSET", "SHIFT・ASSET事業の目標達成",
        "KEIDANREN_CN", "経団連カーボンニュートラル行動計画の目標達成",
    ),
    "public_environmental_claims": ("PUBLIC_CLAIMS", "CDP", "CDP質問書への報告", "OFFSET", "カーボン・オフセット"),
    "insetting": ("INSETTING",),
    "regulatory_requirement": (
        "REGULATORY", "SHK_EMISSION", "温対法（調整後温室効果ガス排出量の調整）",
        "SHK_EMISSION_FACTOR", "温対法（調整後排出係数の調整）",
        "ENERGY_ACT_JOINT", "省エネ法（共同省エネルギー事業の報告）", "GX_ETS", "GX-ETSにおける活用",
    ),
    "other": ("OTHER", "その他"),
}  # fmt: skip
"""Isometric's purposes, and ours (code, and words on the request) that are told to it as that.

Isometric does not publish what it means by each, so this table is the desk's reading. A purpose that stands in no row
is told as `other`: it is not a claim more than was made. Its own words are told as they are.
"""
_PURPOSE_OF: Final = {ours: theirs for theirs, row in PURPOSES.items() for ours in (theirs, *row)}


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Whose credits are retired. `supplier_id` is needed only where the registry picks the oldest credits."""

    organisation_id: str
    supplier_id: str


def purpose_of(ours: str) -> str:
    """Isometric's purpose for one of ours."""
    return _PURPOSE_OF.get(ours, "other")


def purposes_of(request: RetirementRequest) -> list[str]:
    """Isometric's purposes for all of a request's, each once, the main one first."""
    ours = request.purpose_codes or (request.purpose,)
    return list(dict.fromkeys(purpose_of(code) for code in ours))


def refused(request: RetirementRequest) -> Rejected | NotSent | None:
    """What makes the request one that Isometric's document does not allow, or None."""
    if request.unit != UNIT:
        return NotSent(f"Isometric counts {UNIT}, and the request is in {request.unit}")
    notes, name = notes_of(request), request.beneficiary_name
    if len(notes) > NOTES_MAX:
        return Rejected(TEXT_TOO_LONG, f"The notes have {len(notes)} characters; {NOTES_MAX} is the most.")
    if len(name) > NAME_MAX:
        return Rejected(TEXT_TOO_LONG, f"The beneficiary's name has {len(name)} characters; {NAME_MAX} is the most.")
    if not _adds_up(request):
        return Rejected(QUANTITY_MISMATCH, "The serials do not add up to the quantity.")
    return None


def notes_of(request: RetirementRequest) -> str:
    """The public notes: our reference first, then the note and the purpose's detail, which has no field of its own."""
    detail = request.purpose_detail.removesuffix(request.reference).strip()
    return f"{public_note(request)} {detail}".strip()


def by_batch(
    request: RetirementRequest, beneficiary_id: str, parts: Iterable[tuple[Batch, int]], *, asker: Asker
) -> dict[str, Any] | NotSent:
    """The body of `POST /retirements`: so many kilograms of each of these batches, all of one supplier."""
    named = list(parts)
    suppliers = {batch.supplier_id for batch, _ in named}
    if len(suppliers) != 1:
        return NotSent("the serials are of several suppliers, and a retirement is of one")
    quantities = [{"credit_batch_id": batch.id, "credit_quantity_kg": kg} for batch, kg in named]
    return _of_either(request, beneficiary_id, suppliers.pop(), asker) | {"credit_batch_quantities": quantities}


def oldest_first(request: RetirementRequest, beneficiary_id: str, *, asker: Asker) -> dict[str, Any] | NotSent:
    """The body of `POST /retirements/from_oldest_credits`: the registry picks, of the vintage if one was bought."""
    if not asker.supplier_id:
        return NotSent("no serials are named, and no supplier is set whose oldest credits could be taken")
    body = _of_either(request, beneficiary_id, asker.supplier_id, asker)
    return body | {"credit_quantity_kg": request.quantity, "vintage": request.vintage}


def parts_of(blocks: Iterable[SerialBlock], batches: Iterable[Batch]) -> list[tuple[Batch, int]] | Rejected | NotSent:
    """Which batches hold these serials, and how many kilograms are wanted of each.

    Which serials of a batch go when a part of it is asked for, the document does not say: the registry's win. Serials
    that the registry shows as retired are refused; serials that it does not show are not asked for.
    """
    wanted: dict[str, tuple[Batch, int]] = {}
    shown = [(batch, serials) for batch in batches if (serials := block_of(batch)) is not None]
    for block in blocks:
        overlapping = [
            (batch, shared_serials(block, serials), serials)
            for batch, serials in shown
            if shared_serials(block, serials)
        ]
        if any(batch.status is BatchStatus.RETIRED for batch, _, _ in overlapping):
            return Rejected(ALREADY_RETIRED, "Some of these serials are in a batch that is retired.")
        active = [one for one in overlapping if one[0].status is BatchStatus.ACTIVE]
        if sum(count for _, count, _ in active) != block.count:
            return NotSent("some of these serials are in no active batch of ours")
        for batch, count, serials in active:
            if serials.count != batch.size.credit_kgs:
                return NotSent(f"{batch.id} has {serials.count} serials and {batch.size.credit_kgs} kg")
            _, before = wanted.get(batch.id, (batch, 0))
            wanted[batch.id] = (batch, before + count)
    return list(wanted.values())


def shared_serials(one: SerialBlock, other: SerialBlock) -> int:
    """How many serials two blocks have in common."""
    if one.prefix != other.prefix:
        return 0
    return max(0, min(int(one.last), int(other.last)) - max(int(one.first), int(other.first)) + 1)


def domain_of(beneficiary_name: str, *, under: str) -> str:
    """The domain by which a beneficiary that we make is known: always the same for a name, and a name under ours.

    Isometric wants a unique domain for each organisation and shows it to nobody. No request can say that it is a
    repeat, but this domain can: a second beneficiary of the same name is refused as not unique.
    """
    return f"b-{hashlib.sha256(beneficiary_name.encode()).hexdigest()[:24]}.{under}"


def new_beneficiary(name: str, domain: str) -> dict[str, str]:
    """The body of `POST /beneficiary` for an organisation."""
    kind = "CreateOrganizationBeneficiary"
    return {"__typename": kind, "beneficiary_name": name, "beneficiary_domain": domain}


def _adds_up(request: RetirementRequest) -> bool:
    """One serial is one kilogram, and no serial is named twice. A request that names none leaves them to the registry."""
    blocks = request.blocks
    if request.quantity <= 0 or any(block.count != block.quantity for block in blocks):
        return False
    if any(shared_serials(one, other) for one, other in combinations(blocks, 2)):
        return False
    return not blocks or sum(block.count for block in blocks) == request.quantity


def _of_either(request: RetirementRequest, beneficiary_id: str, supplier_id: str, asker: Asker) -> dict[str, Any]:
    return {
        "owner_organisation_id": asker.organisation_id,
        "beneficiary_organisation_id": beneficiary_id,
        "supplier_id": supplier_id,
        "retirement_purposes": purposes_of(request),
        "notes": notes_of(request),
    }
