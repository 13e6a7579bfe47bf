"""The finished scene: a database to copy, its organisations, and the application opened over a copy of it."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app.clients import open_clients
from app.core.db import API_ROLE, WORKER_ROLE, Database
from app.core.http.drain import Drain
from app.core.logs import JsonLines
from app.core.metrics import Metrics
from app.core.scope import DESK_ID
from app.main import create_app
from app.settings import Settings
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.stripe.fake.child import FakeStripeProcess
from tests.isolation import (
    acts_bank,
    acts_closing,
    acts_fetching,
    acts_imports,
    acts_listings,
    acts_money,
    acts_papers,
    acts_payouts,
    acts_reference,
    acts_refunds,
    acts_sandbox,
    acts_search,
    acts_statements,
    acts_storefronts,
    acts_substitutions,
    acts_tasks,
    acts_transfers,
    acts_undecided,
)
from tests.isolation.acts_storefronts import PAGES
from tests.isolation.rows import Book, read_book
from tests.isolation.story import Answer, Player, Story
from tests.isolation.words import DESK, Words
from tests.lifespan import started
from tests.world import Party, World, open_world

PROVIDERS = ("provider_a", "provider_b")
CUSTOMERS = ("buyer_a", "buyer_b", "organiser_a")


@dataclass(frozen=True)
class Member:
    """An organisation of the scene as it can be called up again: its id and its key."""

    label: str
    id: str
    org_id: UUID
    key: str
    email: str
    headers: dict[str, str]
    """What it says beside its key: where its page lies, or for whom it acts."""


class LogKeeper(logging.Handler):
    """Keeps what the application and its worker log, as it would be written, and the bare message beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.getMessage()}".lower())


@contextmanager
def log_kept() -> Iterator[list[str]]:
    """What our own loggers write in the block."""
    keeper, ours = LogKeeper(), [logging.getLogger(name) for name in ("offsetdesk", "app", "workers", "integrations")]
    before = [logger.level for logger in ours]
    for logger in ours:
        logger.addHandler(keeper)
        logger.setLevel(logging.INFO)
    try:
        yield keeper.lines
    finally:
        for logger, level in zip(ours, before, strict=True):
            logger.removeHandler(keeper)
            logger.setLevel(level)


@dataclass(frozen=True)
class Scene:
    """What the story left behind."""

    settings: Settings
    database_url: str
    words: Words
    answers: list[Answer]
    log: list[str]
    members: dict[str, Member]
    book: Book

    @property
    def org_ids(self) -> list[UUID]:
        """Every organisation but the desk."""
        return [member.org_id for label, member in self.members.items() if label not in (DESK, *PAGES)]


async def play(database_url: str, folder: Path, registry: FakeRegistryProcess, stripe: FakeStripeProcess) -> Scene:
    """Play the whole story in an empty desk; afterwards nobody is connected to its database."""
    async with AsyncExitStack() as stack:
        log = stack.enter_context(log_kept())
        db, worker_db = Database(database_url, role=API_ROLE), Database(database_url, role=WORKER_ROLE)
        stack.push_async_callback(db.close)
        stack.push_async_callback(worker_db.close)
        world = await stack.enter_async_context(
            open_world(db, worker_db, folder, registry=registry, **at_stripe(stripe))
        )
        story = Story(world)
        story.listen(DESK, world.desk.client)
        players = {label: await story.join(label, "provider") for label in PROVIDERS}
        players |= {label: await story.join(label, label.partition("_")[0]) for label in CUSTOMERS}
        listings = await _trade(story, players)
        await acts_money.act(story, players, listings, stripe)
        await acts_papers.act(story, players, listings["provider_a"])
        await acts_imports.act(story, players)
        await acts_statements.act(story, players)
        await acts_reference.act(story, players)
        await acts_search.act(story, players)
        await acts_storefronts.act(story, players)
        await acts_listings.act(story, players)
        await acts_fetching.act(story, players)
        people = await acts_payouts.act(story, players)
        await acts_refunds.act(story, players, people)
        await acts_transfers.act(story, players, listings["provider_a"], stripe, people)
        await acts_substitutions.act(story, players)
        await acts_bank.act(story, players)
        await acts_closing.act(story)
        parties = {DESK: world.desk, **{label: player.party for label, player in players.items()}}
        members = {label: _member(label, of) for label, of in parties.items()}
        settings = msgspec.structs.replace(world.settings, registries="")
    owner = await asyncpg.connect(database_url)
    try:
        # The tests take longer than a token lives.
        await owner.execute("update buyer_token set expires_at = now() + interval '12 hours'")
        book = await read_book(owner)
    finally:
        await owner.close()
    return Scene(settings, database_url, story.words, story.answers, log, members, book)


def _member(label: str, party: Party) -> Member:
    said = party.client.headers
    headers = {name: said[name] for name in ("Origin", "Offset-Desk-Organisation") if name in said}
    return Member(label, party.id, party.org_id, party.key, party.email, headers)


async def _trade(story: Story, players: dict[str, Player]) -> dict[str, str]:
    """Everybody buys; the second buyer at both providers, so that it is the first one's neighbour in one account."""
    listings = {label: await story.provide(players[label]) for label in PROVIDERS}
    deals = [
        ("buyer_a", "provider_a"),
        ("buyer_b", "provider_b"),
        ("buyer_b", "provider_a"),
        ("organiser_a", "provider_a"),
    ]
    for buyer, seller in deals:
        await story.buy(players[buyer], listings[seller], seller)
    await acts_undecided.act(story, players["buyer_a"], listings["provider_a"], "provider_a")
    await story.settle_by_hand()
    await story.turn_away()
    world, by_program = story.world, story.world.clients
    async with open_clients(msgspec.structs.replace(world.settings, registries="")) as by_people:
        world.clients = by_people  # From here on people carry retirements out.
        for buyer, seller in deals:
            await acts_tasks.act(story, players[buyer], players[seller])
        for buyer, seller in deals[:2]:
            await acts_tasks.act_with_a_mistake(story, players[buyer], players[seller])
        await acts_sandbox.act(story, players)
        world.clients = by_program
    return listings


def at_stripe(stripe: FakeStripeProcess) -> dict[str, Any]:
    """The settings of a desk that has an account at this Stripe."""
    return {
        "stripe_url": stripe.base_url, "stripe_secret_key": stripe.secret_key,
        "stripe_publishable_key": "pk_test_isolation", "stripe_webhook_secrets": acts_transfers.WEBHOOK_SECRETS[""],
        "stripe_connect_webhook_secrets": acts_transfers.WEBHOOK_SECRETS["-connect"], "stripe_timeout_s": 2,
    }  # fmt: skip


@dataclass
class Stage:
    """The application over a copy of the scene, and a look at its rows past every policy."""

    scene: Scene
    world: World
    parties: dict[str, Party]
    owner: asyncpg.Connection


@asynccontextmanager
async def on_stage(scene: Scene, database_url: str) -> AsyncIterator[Stage]:
    """Open the application over this copy of the scene's database, and callers for all of its organisations."""
    settings = msgspec.structs.replace(scene.settings, database_url=database_url)
    db, worker_db = Database(database_url, role=API_ROLE), Database(database_url, role=WORKER_ROLE)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(db.close)
        stack.push_async_callback(worker_db.close)
        clients = await stack.enter_async_context(open_clients(settings))
        app = create_app(settings, db, clients, drain=Drain(), metrics=Metrics())
        await stack.enter_async_context(started(app))
        world = World(settings, db, worker_db, clients, app, None, [])
        owner = await asyncpg.connect(database_url)
        stack.push_async_callback(owner.close)
        parties = {
            label: Party(of.id, of.org_id, of.key, world.client(of.key, **of.headers), of.email)
            for label, of in scene.members.items()
        }
        assert parties[DESK].org_id == DESK_ID
        yield Stage(scene, world, parties, owner)
        for client in world._open:
            await client.aclose()
