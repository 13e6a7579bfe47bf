"""A list as Stripe gives it: newest first, a page at a time, from behind or before an entry (docs.stripe.com/api/pagination)."""

from collections.abc import Sequence
from typing import Any

from tests.contracts.stripe.scripted import Answer, Asked, Says, error, page

Thing = dict[str, Any]


def listing(newest_first: Sequence[Thing]) -> Answer:
    """The answer of a server that holds these."""

    def answer(asked: Asked) -> Says:
        made = [one for one in newest_first if _is_between(one, asked)]
        limit = int(asked.told("limit") or 10)
        after, before = asked.told("starting_after"), asked.told("ending_before")
        ids = [one["id"] for one in made]
        if (after or before) and (after or before) not in ids:
            return Says(error("resource_missing", param="starting_after" if after else "ending_before"), 400)
        if before is not None:
            newer = made[: ids.index(before)]
            return Says(page(*newer[-limit:], more=len(newer) > limit))
        rest = made[ids.index(after) + 1 :] if after is not None else made
        return Says(page(*rest[:limit], more=len(rest) > limit))

    return answer


def _is_between(one: Thing, asked: Asked) -> bool:
    latest, earliest = asked.told("created[lte]"), asked.told("created[gte]")
    return (latest is None or one["created"] <= int(latest)) and (earliest is None or one["created"] >= int(earliest))
