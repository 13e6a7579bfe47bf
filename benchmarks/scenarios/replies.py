"""The registry acts, and its reply is lost: is every retirement in its book once, and certified once?"""

from typing import Final

from benchmarks.scenarios.stage import Stage
from integrations.registries.fake.messages import Fault, FaultName

_RECORDED: Final = (
    "select count(*) filter (where status = 'recorded'), count(distinct registry_transaction), max(attempts)"
    " from retirement where org_id = $1"
)
_CERTIFIED: Final = "select count(*), count(distinct retirement_id) from certificate where org_id = $1"
SECONDS_EACH: Final = 2
"""How long quiet may take for each retirement, on a busy machine."""


async def dropped(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """`runs` retirements of one tonne; the registry records each and cuts the line. A real worker finds them all.

    Nothing is drawn: the seed only names the run.
    """
    buyer = (await stage.buyers(1))[0]
    drafts = await stage.drafts(buyer, await stage.holding(buyer, runs), runs)
    in_book_before = len((await stage.book()).retirements)
    await stage.fault(Fault(FaultName.ACTS_THEN_DROPS, times=runs))
    for draft in drafts:
        await stage.sign_off(buyer, draft)
    worker = stage.worker()
    await worker.says("the worker works")
    told = await stage.quiet(within_s=60 + SECONDS_EACH * runs)
    worker.stop()
    book = await stage.book()
    in_book = len(book.retirements) - in_book_before
    recorded = tuple(await stage.owner.fetchrow(_RECORDED, buyer.org_id))
    certified = tuple(await stage.owner.fetchrow(_CERTIFIED, buyer.org_id))
    posts = [book.posts[draft["reference"]] for draft in drafts]
    found = {"in the book": in_book, "recorded, transactions, attempts": recorded, "certificates": certified}
    expected = {"in the book": runs, "recorded, transactions, attempts": (runs, runs, 1), "certificates": (runs, runs)}
    told += [
        f"{what} (seed {seed}): {found[what]}, not {number}"
        for what, number in expected.items()
        if found[what] != number
    ]
    if posts != [1] * runs:
        told.append(f"some were sent more than once: {posts}")
    return told + await stage.breaches()
