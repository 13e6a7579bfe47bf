"""How is localstripe started: Stripe's double by somebody else, who never saw our client?

localstripe 1.15.10 (GPL-3) runs as it was published, a program of its own in an environment of its own. Only its start
is ours: on loopback alone, where its own start listens everywhere, and without the file of a fixed name in the folder
for everybody's temporary files, in which it would keep its store.
"""

import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

from integrations.stripe.shapes import REFERENCE

PYTHON = Path(__file__).parent.parent.parent / ".tools" / "localstripe" / "bin" / "python"
_READY_S = 60
_START = """
import sys
from aiohttp import web
from localstripe import resources, server
type(resources.store).dump_to_disk = lambda store: None
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""


class Paid(msgspec.Struct, frozen=True):
    """A payment that was made, by the ids of what it left there."""

    intent_id: str
    charge_id: str
    line_id: str


class Localstripe:
    """One localstripe with an empty store, for as long as the `with` block lasts."""

    def __init__(self, log: Path, *, secret_key: str) -> None:
        assert PYTHON.is_file(), "localstripe is not installed: run `make browser`."
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self._port = taken.getsockname()[1]
        self._log = log
        self._key = secret_key
        self._child: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._child = subprocess.Popen([PYTHON, "-c", _START, str(self._port)], stdout=log, stderr=log)
        give_up_at = time.monotonic() + _READY_S
        while not self._listens():
            assert self._child.poll() is None, self._log.read_text()
            assert time.monotonic() < give_up_at, self._log.read_text()
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._child is not None
        self._child.terminate()
        self._child.wait(10)

    def paid(self, *, customer_id: str, reference: str) -> Paid:
        """A payment of 5,000 yen that a payer made by card. Not by our client: it asks for more than this double knows."""
        form = {"amount": 5000, "currency": "jpy", "customer": customer_id, "payment_method": "pm_card_visa"}
        made = self._post("/v1/payment_intents", {**form, f"metadata[{REFERENCE}]": reference, "confirm": "true"})
        charge = made["latest_charge"]
        return Paid(made["id"], charge["id"], charge["balance_transaction"])

    def unpaid(self) -> str:
        """The id of a PaymentIntent that nobody paid."""
        intent_id: str = self._post("/v1/payment_intents", {"amount": 700, "currency": "jpy"})["id"]
        return intent_id

    def tell(self, url: str, secret: str) -> None:
        """Send every event from now on to an address, signed."""
        httpx.post(f"{self.url}/_config/webhooks/ours", data={"url": url, "secret": secret}).raise_for_status()

    def _post(self, path: str, form: dict[str, object]) -> dict[str, Any]:
        reply = httpx.post(self.url + path, data=form, headers={"Authorization": f"Bearer {self._key}"})
        made: dict[str, Any] = reply.raise_for_status().json()
        return made

    def _listens(self) -> bool:
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self._port)) == 0
