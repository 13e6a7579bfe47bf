"""How is a sum spread over what is open on several invoices? Pure."""

from collections.abc import Sequence


def spread(open_minor: Sequence[int], own_minor: Sequence[int], free_minor: int) -> list[int]:
    """What each invoice is lowered by, in yen, never by more than is open of it.

    Each takes its own part first. What of the parts did not fit, and `free_minor`, goes to the first that has room.
    """
    taken = [min(left, own) for left, own in zip(open_minor, own_minor, strict=True)]
    rest = free_minor + sum(own_minor) - sum(taken)
    for place, left in enumerate(open_minor):
        more = min(rest, left - taken[place])
        taken[place] += more
        rest -= more
    return taken
