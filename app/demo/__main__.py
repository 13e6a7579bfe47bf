"""How is the demonstration started? `python -m app.demo`; with `--exit` it stops when the story is told."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Final

import asyncpg
import httpx
from sqlalchemy.exc import SQLAlchemyError

from app.core.clock import utc_now
from app.core.period import day_in_japan
from app.demo import database
from app.demo.caller import Caller, until
from app.demo.card import Stripe
from app.demo.children import Children, tail
from app.demo.configured import demo_settings, environment_of, given_database_url, given_stripe_key, refuse_other_hosts
from app.demo.errors import DemoFailed, Stopped
from app.demo.founding import found
from app.demo.places import Places, free_port
from app.demo.progress import STEPS, Progress, say
from app.demo.signals import stop_on_signals
from app.demo.story import Told, tell
from app.settings import Settings
from integrations.postgres.errors import EmbeddedPostgresError
from integrations.registries.fake.child import FakeRegistryFailed, FakeRegistryProcess
from integrations.stripe.fake.child import FakeStripeProcess

_REGISTRY_PAGE: Final = 50
_TROUBLE: Final = (
    EmbeddedPostgresError, FakeRegistryFailed, SQLAlchemyError, asyncpg.PostgresError, httpx.HTTPError, OSError
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell the story and serve until stopped; the exit code: 0 done or stopped, 1 failed, 128 + signal when cut short."""
    options = _options(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # The story has Japanese names, whatever the terminal's locale.
    stop_on_signals()
    progress, places = Progress(), Places.of(options.home)
    try:
        _run(options, places, progress)
    except Stopped as stopped:
        with suppress(OSError):  # The terminal may be gone.
            say("Stopped.")
        return 0 if progress.is_whole else 128 + stopped.number
    except DemoFailed as failed:
        return _complain(str(failed), places.log_of(failed.part) if failed.part else None)
    except _TROUBLE as trouble:
        return _complain(str(trouble), None)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app.demo", description="One purchase, from file to certificates.")
    parser.add_argument("--exit", action="store_true", help="stop when the story is told, instead of serving on")
    parser.add_argument(
        "--port", type=int, help="serve here; 0: any free port; without it 8000, or any when it is taken"
    )
    parser.add_argument("--home", type=Path, help="keep database, logs and documents in this folder")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace, places: Places, progress: Progress) -> None:
    refuse_other_hosts()
    port = free_port(options.port)
    with ExitStack() as open_:
        open_.enter_context(places.held())
        store = open_.enter_context(database.opened(places.postgres, given_database_url()))
        database.migrate(store.url)
        progress.done(f"Database ready ({store.described})")
        registry = open_.enter_context(_registry(places.book))
        stripe, name = open_.enter_context(_stripe(places.stripe_book))
        children = open_.enter_context(Children(places))
        settings = demo_settings(
            places, stripe, database_url=store.url, port=port, registry=(registry.base_url, registry.secret)
        )
        environment = environment_of(settings)
        children.start("api", "app.main", environment)
        children.start("worker", "workers.main", environment)
        founded = asyncio.run(found(store.url, now=utc_now()))
        progress.done(f"Catalogue: {founded.projects:,} real J-Credit projects · the desk is founded")
        nobody = Caller(settings.base_url)
        until(lambda: nobody.is_ready() or None, "the API is ready", of="api", check=children.check)
        progress.done(f"API, worker, registry (simulated) and {name} run · {settings.base_url}")
        desk = nobody.with_key(founded.operator_key)
        today = day_in_japan(utc_now())
        told = tell(nobody, desk, registry.admin, stripe, progress, today=today, check=children.check)
        say(f"{STEPS} steps in {progress.total_s():.1f} s. Everything is a DEMONSTRATION: no real credit was touched.")
        if not options.exit:
            _show(told, settings.base_url, places)
            children.watch(store.server_pid)


def _registry(book: Path) -> FakeRegistryProcess:
    return FakeRegistryProcess(
        book, secret=secrets.token_urlsafe(), admin_secret=secrets.token_urlsafe(), page_size=_REGISTRY_PAGE
    )


@contextmanager
def _stripe(book: Path) -> Iterator[tuple[Stripe, str]]:
    """Stripe's test mode when its key is given, else the simulated one; and what to call it."""
    webhook_secret = f"whsec_{secrets.token_hex(16)}"
    given = given_stripe_key()
    if given:
        yield Stripe(Settings.stripe_url, given, webhook_secret), "Stripe (test mode)"
        return
    fake = FakeStripeProcess(
        book, secret_key=f"sk_test_{secrets.token_hex(16)}", admin_secret=secrets.token_urlsafe(), webhooks=None
    )
    with fake:
        yield Stripe(fake.base_url, fake.secret_key, webhook_secret), "Stripe (simulated)"


def _show(told: Told, base_url: str, places: Places) -> None:
    """What to open, and with which keys."""
    number = told.certificates[0]
    say()
    say(f"  Certificate   {base_url}/c/{number}")
    say(f"  Its PDF       {base_url}/c/{number}.pdf")
    say(f"  Invoice's PDF {base_url}/v1/papers/{told.invoice_id}/pdf (with the buyer's key)")
    say(f"  API reference {base_url}/docs")
    for who, key in told.keys.items():
        say(f"  Key: {who:<8} {key}")
    inside = places.state.is_relative_to(Path.cwd())
    say(f"  Logs          {places.state.relative_to(Path.cwd()) if inside else places.state}")
    say()
    say("Ctrl-C stops it. The keys open this demonstration alone; the next one begins with an empty database.")


def _complain(sentence: str, log: Path | None) -> int:
    lines = ["", f"The demonstration failed: {sentence}"]
    if log is not None:
        lines += [f"The end of {log}:", tail(log)]
    sys.stderr.write("\n".join(lines) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
