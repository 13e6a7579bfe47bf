"""Which retirement of ours holds a serial? Batches split, and their children tell."""

from typing import Final

from integrations.registries.base import Absent, LookupFailed, SerialBlock
from integrations.registries.isometric.answers import Trouble, block_of
from integrations.registries.isometric.api import IsometricApi
from integrations.registries.isometric.asked import shared_serials
from integrations.registries.isometric.shapes import Batch, BatchStatus

_STEPS_MAX: Final = 500
"""Batches fetched one by one for one look-up."""


async def holder_of(
    api: IsometricApi, owner_id: str, block: SerialBlock, *, request_id: str
) -> str | Absent | LookupFailed:
    """The id of the retirement that holds any of these serials; several are no answer.

    Whether a batch that was retired for somebody else stays in its owner's list the document leaves open, so a split
    batch's children are fetched by their ids where the list does not show them.
    """
    listed = await api.batches_ever(owner_id, request_id)
    if isinstance(listed, Trouble):
        return LookupFailed(listed.why)
    known = {batch.id: batch for batch in listed.items}
    leaves = await _leaves(api, known, block, request_id)
    if isinstance(leaves, LookupFailed):
        return leaves
    held = {leaf.retirement_id for leaf in leaves if leaf.status is BatchStatus.RETIRED}
    if None in held or len(held) > 1:
        return LookupFailed(
            f"{len(held)} retirements hold these serials: {', '.join(map(str, sorted(map(str, held))))}"
        )
    if held:
        return str(held.pop())
    active = sum(_shared(leaf, block) for leaf in leaves)
    return Absent(complete=listed.complete and active == block.count)


async def _leaves(
    api: IsometricApi, known: dict[str, Batch], block: SerialBlock, request_id: str
) -> list[Batch] | LookupFailed:
    """The batches that hold these serials today."""
    seen: set[str] = set()
    leaves: list[Batch] = []
    waiting = [batch for batch in known.values() if _shared(batch, block)]
    while waiting:
        batch = waiting.pop()
        if batch.id in seen:
            continue
        seen.add(batch.id)
        if len(seen) > _STEPS_MAX:
            return LookupFailed(f"more than {_STEPS_MAX} batches")
        if batch.status is not BatchStatus.SPLIT:
            leaves.append(batch)
            continue
        for child_id in (batch.left_child_id, batch.right_child_id):
            child = known.get(child_id or "") or await api.batch(child_id or "", request_id)
            if isinstance(child, Trouble):
                return LookupFailed(f"a part of {batch.id} could not be read: {child.why}")
            if _shared(child, block):
                waiting.append(child)
    return leaves


def _shared(batch: Batch, block: SerialBlock) -> int:
    serials = block_of(batch)
    return 0 if serials is None else shared_serials(block, serials)
