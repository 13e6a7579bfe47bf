"""Which of a payer's open payments add up to what came in?"""

from collections.abc import Iterator, Sequence


def summing(amounts_minor: Sequence[int], total_minor: int) -> Iterator[tuple[int, ...]]:
    """Yield each choice of two or more that adds up to the total, as places in `amounts_minor`, in no promised order.

    Amounts are above zero. Tries every sum that can still fit: keep them to a dozen.
    """
    places = sorted(range(len(amounts_minor)), key=lambda place: -amounts_minor[place])
    rests = [0] * (len(places) + 1)
    for turn in range(len(places) - 1, -1, -1):
        rests[turn] = rests[turn + 1] + amounts_minor[places[turn]]
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, total_minor, ())] if total_minor > 0 else []
    while waiting:
        turn, needed_minor, chosen = waiting.pop()
        if needed_minor == 0:
            if len(chosen) > 1:
                yield chosen
            continue
        if rests[turn] < needed_minor:
            continue
        amount_minor = amounts_minor[places[turn]]
        waiting.append((turn + 1, needed_minor, chosen))
        if amount_minor <= needed_minor:
            waiting.append((turn + 1, needed_minor - amount_minor, (*chosen, places[turn])))
