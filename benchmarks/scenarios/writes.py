"""kill -9 between send and store of each write at Stripe: is everything there once, and does our row know it?

Worker and API are killed when Stripe has done what each of them asked for, and none of them has heard so: a gate keeps
the replies. Every kind of write is killed at once, one of each at a death; whoever comes next finishes the work.
"""

import asyncio
import secrets
from collections.abc import Awaitable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import httpx
import msgspec

from app.core.ids import public_id
from app.ledger.queries import trial_balance
from app.payments.rules.attempts import SENT_AGAIN_FOR
from benchmarks.scenarios.gate import Held
from benchmarks.scenarios.line import LineBroken
from benchmarks.scenarios.programs import Program
from benchmarks.scenarios.stage import Stage
from benchmarks.scenarios.telling import open_till
from benchmarks.scenarios.turns import Counter, Turn, prepared
from integrations.stripe.fake.admin import drop_keys
from tests.money.till import PAGES
from tests.payouts.counting_house import RETURNS, open_house
from workers.jobs import KINDS

PATHS: Final = {
    "customer": "/v1/customers HTTP",
    "intent": "/v1/payment_intents HTTP",
    "session": "/v1/checkout/sessions HTTP",
    "account": "/v1/accounts HTTP",
    "refund": "/v1/refunds HTTP",
    "evidence": "/v1/disputes/",
    "cancel_intent": "/cancel HTTP",
    "expire_session": "/expire HTTP",
    "transfer": "/v1/transfers HTTP",
    "reversal": "/reversals HTTP",
}
"""Each kind of write, and what stands in its request."""
REFERENCED: Final = {
    "customer": ("scu", "customer"), "intent": ("pat", "payment_intent"), "session": ("pat", "checkout.session"),
    "account": ("sac", "account"), "refund": ("rfd", "refund"), "transfer": ("pyo", "transfer"),
    "reversal": ("prv", "transfer_reversal"),
}  # fmt: skip
"""What makes a thing there, which carries our reference: how that begins, and what the thing is."""
_WAITS: Final = {"lease_s": 31, "stripe_timeout_s": 10, "worker_threads": 16}
"""The replies are kept until all have come: nobody may give up before the death."""
_REACHED_S: Final = 30
_OPEN: Final = "select count(*) from stripe_call where status in ('planned', 'sending', 'unknown')"
_CALLS: Final = "select kind, subject_id, status, object_id from stripe_call order by id"


async def killed(stage: Stage, *, runs: int, seed: int) -> list[str]:
    """`runs` writes lose who made them, one of each kind at a death; at every fifth death Stripe's keys expire, too.

    Nothing is drawn: the seed only names the run.
    """
    told = [f"nobody is killed while writing {kind}" for kind in KINDS if kind not in PATHS]
    async with open_till(stage) as till:
        counter = Counter(stage, till, await open_house(till))
        turns = await prepared(counter, -(-runs // len(PATHS)))
        stage.world.settings = msgspec.structs.replace(stage.world.settings, **_WAITS)
        worker = await _working(stage)
        for n, turn in enumerate(turns):
            reached = await _one_death(counter, turn, worker)
            told += [f"death {n}: {kind} was not written" for kind in PATHS if kind not in reached]
            if n % 5 == 4 or n == len(turns) - 1:
                await _keys_expire(counter)
            worker = await _working(stage)
        told += await _finished(counter)
        worker.stop()
        told += await _asked_again(counter)
        told += await _judged(counter)
    return [f"{each} (seed {seed})" for each in told + await stage.breaches()]


async def _one_death(counter: Counter, turn: Turn, worker: Program) -> set[str]:
    """Let every kind be written, and kill who wrote; the kinds whose thing was there by then."""
    stage, gate = counter.stage, counter.stage.stripe_gate
    assert gate is not None
    await stage.api()
    held = {kind: gate.hold(path, reply=True) for kind, path in PATHS.items()}
    calling = [asyncio.ensure_future(each) for each in await _by_api(counter, turn)]
    for step in _by_worker(counter, turn):
        await step
    reached = await _reached(held)
    worker.kill()
    await stage.kill_api()
    gate.open()
    for each in calling:
        with suppress(LineBroken, OSError, httpx.HTTPError):
            await each
    return reached


async def _by_api(counter: Counter, turn: Turn) -> list[Awaitable[object]]:
    """What buyers and a provider ask of the real API."""
    port = await counter.stage.api()
    asked: list[Awaitable[object]] = []
    for (buyer, order), method in ((turn.newcomer, "card"), (turn.known, "card"), (turn.page, "checkout")):
        body, key = {"method": method, **(PAGES if method == "checkout" else {})}, secrets.token_hex(8)
        counter.asked.append((buyer, f"/v1/orders/{order}/payments", body, key))
        asked.append(counter.stage.post(buyer, f"/v1/orders/{order}/payments", body, key))
    cookies = "; ".join(f"{name}={value}" for name, value in turn.opening.cookies.items())

    async def opened() -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=_REACHED_S) as line:
            headers = {"Cookie": cookies, "Origin": f"http://127.0.0.1:{port}"}
            await line.post("/v1/payouts/stripe-account", json=RETURNS, headers=headers)

    return [*asked, opened()]


def _by_worker(counter: Counter, turn: Turn) -> list[Awaitable[object]]:
    """What the desk's people do, which a worker carries to Stripe."""
    house, desk = counter.house, counter.stage.world.desk
    rows = [(f"{reference} アオバ", minor) for reference, minor in turn.by_bank]
    return [
        desk.post(f"/v1/admin/orders/{turn.refunded}/refunds", {"note": "お客様のご要望"}),
        desk.post(f"/v1/admin/payment-disputes/{turn.dispute}/evidence", {"text": "無効化の記録", "submit": True}),
        house.approve(turn.draft),
        house.move("payouts", f"/{counter.paid['id']}/reverse", json={"amount": 10, "note": "清算"}),
        counter.stage.world.pay(*rows),
    ]


async def _reached(held: dict[str, Held]) -> set[str]:
    waiting = [asyncio.create_task(each.reached.wait()) for each in held.values()]
    await asyncio.wait(waiting, timeout=_REACHED_S)
    for each in waiting:
        each.cancel()
    return {kind for kind, each in held.items() if each.reached.is_set()}


async def _keys_expire(counter: Counter) -> None:
    """A day is over for what was sent to Stripe: its keys are forgotten, it can be looked for, and never sent again.

    Nobody's clock moves: the API's could not, and would ask for pages that had expired by Stripe's.
    """
    past = SENT_AGAIN_FOR + timedelta(hours=2)
    await counter.stage.owner.execute(
        "update stripe_call set first_sent_at = first_sent_at - $1::interval where status in ('sending', 'unknown')",
        past,
    )
    await counter.till.admin.ask(drop_keys())
    counter.stage.facts["keys expired"] = counter.stage.facts.get("keys expired", 0) + 1


async def _finished(counter: Counter) -> list[str]:
    """Wait until no write is open: leases run out, and calls that an API was killed over become due."""
    told: list[str] = []
    for _ in range(3):
        told = await counter.stage.quiet(within_s=240)
        if not await counter.stage.owner.fetchval(_OPEN):
            break
        await asyncio.sleep(5)
    left = await counter.stage.owner.fetchval(_OPEN)
    return told + ([f"{left} writes are open at the end"] if left else [])


async def _asked_again(counter: Counter) -> list[str]:
    """Who got no answer asks once more under the same key, and is told what was begun then."""
    told = []
    counter.stage.world.ahead = timedelta()
    for buyer, path, body, key in counter.asked:
        answer = await buyer.post(path, body, key=key)
        if answer.status_code != 201:
            told.append(f"asked again for {body['method']}: {answer.status_code} {answer.text[:200]}")
    return told


async def _judged(counter: Counter) -> list[str]:
    """One thing for each write in Stripe's book, and its id in our row; no charge twice; the book adds up."""
    view = await counter.till.book()
    ids = {
        kind: {each["metadata"].get("offsetdesk_id"): each["id"] for each in view.objects.get(kind, [])}
        for _, kind in REFERENCED.values()
    }
    told = [
        f"{reference} is there {count} times"
        for each in view.references.values()
        for reference, count in each.items()
        if count > 1
    ]
    told += [f"{intent} was charged {count} times" for intent, count in view.charged.items() if count > 1]
    for row in await counter.stage.owner.fetch(_CALLS):
        counter.stage.facts[f"{row['kind']} {row['status']}"] = (
            counter.stage.facts.get(f"{row['kind']} {row['status']}", 0) + 1
        )
        if row["kind"] not in REFERENCED or row["status"] != "done":
            continue
        prefix, thing = REFERENCED[row["kind"]]
        there = ids[thing].get(public_id(prefix, row["subject_id"]))
        if there != row["object_id"]:
            told.append(f"{row['kind']} {row['subject_id']} is {there} at Stripe, and {row['object_id']} here")
    async with counter.stage.world.worker_db.audit() as session:
        total = sum(each.balance_minor for each in await trial_balance(session))
    return told + ([f"the book adds up to {total}"] if total else [])


async def _working(stage: Stage) -> Program:
    worker = stage.worker()
    await worker.says("the worker works")
    return worker
