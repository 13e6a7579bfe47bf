"""What happens in the scene? Two providers and three customers with everything that can be theirs, over HTTP."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.core.clock import utc_now
from app.core.period import day_in_japan
from integrations.registries.fake.admin import issue
from integrations.registries.fake.messages import IssuedBlock
from tests.flows.people import notice_facts
from tests.isolation.words import DESK, PUBLIC, Words
from tests.world import BASE_URL, PASSWORD, Party, World

HEADER = (
    "registry,project_list,project_number,certification_no,serial_prefix,serial_first,serial_last,quantity,unit,"
    "vintage_from,vintage_to,note\n"
)
SEEN = {"If-Match": "*"}


@dataclass(frozen=True)
class Answer:
    """What somebody was told in the course of the story."""

    reader: str
    method: str
    path: str
    status: int
    text: str


@dataclass
class Player:
    """One organisation: the caller with its key, and two of its people who have signed in."""

    label: str
    party: Party
    owner: httpx.AsyncClient
    colleague: httpx.AsyncClient


@dataclass
class Story:
    """Plays the scene and keeps every answer that was given."""

    world: World
    words: Words = field(default_factory=Words)
    answers: list[Answer] = field(default_factory=list)
    blocks: int = 0

    def listen(self, label: str, client: httpx.AsyncClient) -> httpx.AsyncClient:
        """Keep whatever this client is told."""

        async def keep(answer: httpx.Response) -> None:
            await answer.aread()
            asked = answer.request
            self.answers.append(Answer(label, asked.method, asked.url.path, answer.status_code, told(answer)))
            assert answer.is_success, f"{label} {asked.method} {asked.url.path}: {answer.text}"

        client.event_hooks["response"].append(keep)
        return client

    async def join(self, label: str, kind: str) -> Player:
        """An organisation with two people, a session each, and keys of which one was revoked."""
        say, readers = self.words.say, (PUBLIC,) if kind == "provider" else ()
        person = {"email": f"{say(label, 'owneremail')}@canary.example", "name": say(label, "ownername")}
        party = await self.world.sign_up(kind, say(label, "orgname", *readers), member=person | {"password": PASSWORD})
        self.listen(label, party.client)
        if kind == "provider":
            note = {"note": say(label, "approval")}
            await self.world.desk.post(f"/v1/admin/organisations/{party.id}/approve", note)
        other = {"email": f"{say(label, 'otheremail')}@canary.example", "name": say(label, "othername")}
        member = (await party.post("/v1/members", other | {"role": "admin", "password": PASSWORD})).json()["id"]
        await party.client.patch(f"/v1/members/{member}", json={"role": "owner"}, headers=SEEN)
        await party.post("/v1/api-keys", {"name": say(label, "keyname"), "scopes": ["read"]})
        ended = await party.post("/v1/api-keys", {"name": say(label, "endedkeyname"), "scopes": ["read"]})
        await party.client.delete(f"/v1/api-keys/{ended.json()['api_key']['id']}")
        signed_in = [await self.sign_in(label, each["email"]) for each in (person, other)]
        away = await self.sign_in(label, person["email"])
        await away.delete("/v1/sessions")
        return Player(label, party, *signed_in)

    async def sign_in(self, label: str, email: str) -> httpx.AsyncClient:
        """A browser of somebody who has signed in."""
        browser = self.listen(label, self.world.client(Origin=BASE_URL))
        await browser.post("/v1/sessions", json={"email": email, "password": PASSWORD})
        return browser

    def row(self, quantity: int, *, certification: str, prefix: str, note: str, unit: str = "t") -> str:
        """A line of a holdings file, with serials that nobody else has."""
        self.blocks += 1
        first = self.blocks * 1_000_000 + 1
        return (
            f"jcredit,jcredit_normal,1,{certification},{prefix},{first},{first + quantity - 1},{quantity},{unit},"
            f"2024-04-01,2025-03-31,{note}\n"
        )

    async def staged(self, player: Player, account: str, name: str, *rows: str) -> str:
        """A holdings file that was taken in and not yet decided on."""
        where = {"registry_account_id": account, "filename": f"{self.words.say(player.label, name)}.csv"}
        content = (HEADER + "".join(rows)).encode()
        answer = await player.party.send("/v1/imports", content, "text/csv", params=where)
        return str(answer.json()["import"]["id"])

    async def show_evidence(self, player: Player, lot_id: str, name: str) -> str:
        """A statement for a lot, as a file."""
        say = self.words.say
        where = {"as_of": day_in_japan(utc_now()).isoformat(), "filename": f"{say(player.label, name)}.pdf"}
        content = f"%PDF-1.7\n{say(player.label, name + 'content')}\n%%EOF\n".encode()
        shown = await player.party.send(f"/v1/lots/{lot_id}/evidence", content, "application/pdf", params=where)
        return str(shown.json()["id"])

    async def confirmed_lots(self, player: Player, account: str) -> list[str]:
        """Three lots that sell, and a fourth that nobody ever confirmed and nobody else may know of."""
        say, label, lines = self.words.say, player.label, []
        for name in ("sold", "kept", "ended"):
            certification, prefix = f"JC-{label}-{name}", f"{label[:4]}{label[-1]}{name}-"
            lines.append(self.row(600, certification=certification, prefix=prefix, note=say(label, f"{name}note")))
            first = str(self.blocks * 1_000_000 + 1)
            block = IssuedBlock("provider", certification, prefix, first, str(int(first) + 599))
            async with self.world.admin() as admin:
                await admin.ask(issue(block))
        secret = {key: say(label, f"declared{key}") for key in ("certification", "prefix", "note")}
        lines.append(self.row(50, **secret))
        import_id = await self.staged(player, account, "committedfile", *lines)
        await player.party.post(f"/v1/imports/{import_id}/commit", {"rows": "all"})
        rows = (await player.party.get(f"/v1/imports/{import_id}/rows")).json()["data"]
        lots = [row["lot_id"] for row in rows]
        for n, lot_id in enumerate(lots):
            evidence = await self.show_evidence(player, lot_id, f"evidence{'abcd'[n]}")
            verdict = "accept" if n < 3 else "reject"
            note = {"note": say(label, f"{verdict}{'abcd'[n]}note")}
            await self.world.desk.post(f"/v1/admin/evidence/{evidence}/{verdict}", note)
        return lots

    async def provide(self, player: Player) -> str:
        """A provider's whole story; its open listing."""
        say, label, party = self.words.say, player.label, player.party
        account = {
            "registry_code": "jcredit",
            "account_no": say(label, "accountno"),
            "holder_name": say(label, "holder"),
        }
        account_id = (await party.post("/v1/registry-accounts", account)).json()["id"]
        await party.post(f"/v1/registry-accounts/{account_id}/consent")
        await party.post("/v1/registry-accounts", account | {"account_no": say(label, "otheraccountno")})
        lots = await self.confirmed_lots(player, account_id)
        bad = self.row(
            1, certification=say(label, "badcertification"), prefix="P-", note=say(label, "badnote"), unit="kg"
        )
        good = self.row(1, certification=say(label, "stagedcertification"), prefix="P-", note=say(label, "stagednote"))
        await self.staged(player, account_id, "stagedfile", bad, good)
        discarded = await self.staged(player, account_id, "discardedfile", bad.replace("bad", "worse"))
        await party.post(f"/v1/imports/{discarded}/discard")
        listings = []
        for lot_id in lots[:3]:
            wish = {"lot_id": lot_id, "price": {"amount": 1000, "currency": "JPY"}, "min_quantity": 1}
            listings.append((await party.post("/v1/listings", wish)).json()["id"])
        await party.client.patch(f"/v1/listings/{listings[1]}", json={"min_quantity": 2}, headers=SEEN)
        for step in ("pause", "resume", "pause"):
            await party.post(f"/v1/listings/{listings[1]}/{step}")
        await party.post(f"/v1/listings/{listings[2]}/withdraw")
        await party.client.post(f"/v1/lots/{lots[2]}/withdraw", headers=SEEN)
        for turn in ("freeze", "unfreeze"):
            await self.world.desk.post(f"/v1/admin/lots/{lots[1]}/{turn}", {"note": say(label, f"{turn}note", DESK)})
        return str(listings[0])

    def wish(self, player: Player, name: str, *readers: str) -> dict[str, Any]:
        """What is to stand in the registry: the provider whose account it is reads it too."""
        say = self.words.say
        return {
            "beneficiary_name": f"{say(player.label, f'{name}beneficiary', *readers)}株式会社",
            "purpose": "OFFSET",
            "purpose_detail": say(player.label, f"{name}detail", *readers),
            "fiscal_year": None,
        }

    async def paid(self, player: Player, order: dict[str, Any], name: str) -> None:
        """The order's money comes in, and the jobs do their work."""
        await self.bank((f"{order['payment']['reference']} {self.words.say(DESK, name)}", order["total"]["amount"]))
        await self.world.run_jobs()

    async def bank(self, *lines: tuple[str, int]) -> None:
        """The bank's statement comes in; what the bank writes is the desk's to read alone."""
        self.blocks += 1
        say, name = self.words.say, "".join("abcdefghij"[int(digit)] for digit in str(self.blocks))
        today = day_in_japan(utc_now()).isoformat()
        memo = say(DESK, f"memo{name}")
        rows = "".join(f"{today},{amount},{payer},{memo},{secrets.token_hex(6)}\n" for payer, amount in lines)
        content = ("booked_on,amount,payer_name,memo,bank_reference\n" + rows).encode()
        where = {"filename": f"{say(DESK, f'statement{name}')}.csv"}
        await self.world.desk.send("/v1/admin/bank-statements", content, "text/csv", params=where)

    async def buy(self, player: Player, listing: str, seller: str) -> None:
        """A customer's story with one provider, its retirements carried out by a program."""
        party, at, suffix = player.party, {"listing_id": listing}, seller[-1]
        line = [at | {"quantity": 3}]
        await party.post("/v1/quotes", {"lines": line})
        quote = (await party.post("/v1/quotes", {"lines": [at | {"quantity": 40}]})).json()["id"]
        held = (await party.post("/v1/orders", {"quote_id": quote})).json()
        await self.paid(player, held, f"payer{player.label}held{suffix}")
        await party.post("/v1/orders", {"lines": line, "retire": self.wish(player, f"unpaid{suffix}")})
        canceled = await party.post("/v1/orders", {"lines": line, "retire": self.wish(player, f"canceled{suffix}")})
        await party.post(f"/v1/orders/{canceled.json()['id']}/cancel")
        retired = (
            await party.post("/v1/orders", {"lines": line, "retire": self.wish(player, f"retired{suffix}", PUBLIC)})
        ).json()
        await self.paid(player, retired, f"payer{player.label}retired{suffix}")
        short = (await party.post("/v1/orders", {"lines": line})).json()
        await self.bank((f"{short['payment']['reference']} x", 1))
        await self.world.run_jobs()

    async def ask_people(self, player: Player, seller: Player) -> None:
        """Retirements that people carry out: one until its certificate, one waiting, a draft, one taken back."""
        holdings = (await player.party.get("/v1/holdings")).json()["data"]
        provider = seller.party.id
        holding = next(each["id"] for each in holdings if each["provider_id"] == provider and each["held"] > 20)
        for name, readers in (
            ("done", (PUBLIC,)),
            ("open", (seller.label,)),
            ("draft", (seller.label,)),
            ("back", (seller.label,)),
        ):
            wish = self.wish(player, f"{name}{seller.label[-1]}", *readers)
            asked = (await player.party.post("/v1/retirements", {"holding_id": holding, "quantity": 2, **wish})).json()
            if name == "back":
                await player.party.post(f"/v1/retirements/{asked['id']}/cancel")
            if name in {"done", "open"}:
                await player.party.post(f"/v1/retirements/{asked['id']}/sign-off", {"quantity": 2})
                await self.world.run_jobs()
            if name == "done":
                await self.carry_out(player, seller)

    async def carry_out(self, player: Player, seller: Player) -> None:
        """The provider's two people and the desk bring the open task to its certificate."""
        say, pair = self.words.say, f"{player.label}"
        [task] = (await seller.party.get("/v1/registry-tasks", params={"status": "open"})).json()["data"]
        at = f"/v1/registry-tasks/{task['id']}"
        claimed = await seller.owner.post("/v1/registry-tasks/claim", json={"most": 1})
        assert claimed.status_code == 200, claimed.text
        await seller.owner.post(f"{at}/give-back", headers=SEEN)
        await seller.owner.post(f"{at}/prepare", headers=SEEN)
        await seller.colleague.post(f"{at}/check", headers=SEEN)
        record = {
            "registry_transaction": say(seller.label, f"transaction{pair}", PUBLIC),
            "recorded_on": day_in_japan(utc_now()).isoformat(),
        }
        await seller.owner.post(f"{at}/execute", json=record, headers=SEEN)
        content = f"%PDF-1.7\n{say(seller.label, f'notice{pair}content')}\n%%EOF\n".encode()
        where = {"filename": f"{say(seller.label, f'notice{pair}')}.pdf"}
        pdf = {"Content-Type": "application/pdf", **SEEN}
        await seller.owner.post(f"{at}/notice", content=content, params=where, headers=pdf)
        said = {**notice_facts(task["sheet"]), **record}
        said["transaction_no"] = said.pop("registry_transaction")
        for person in (seller.owner, seller.colleague):
            await person.post(f"{at}/notice-facts", json=said, headers=SEEN)
        await self.world.desk.post(f"/v1/admin/registry-tasks/{task['id']}/confirm", {}, headers=SEEN)
        await self.world.run_jobs()

    async def turn_away(self) -> None:
        """Somebody who wanted to be a provider and was not let in."""
        say, label = self.words.say, "applicant"
        person = {"email": f"{say(label, 'email')}@canary.example", "name": say(label, "name"), "password": PASSWORD}
        party = await self.world.sign_up("provider", say(label, "orgname"), member=person)
        await self.listen(label, party.client).get("/v1/members")
        await self.world.desk.post(f"/v1/admin/organisations/{party.id}/reject", {"note": say(label, "rejection")})

    async def settle_by_hand(self) -> None:
        """An unknown payer waits for a person; another one was refunded."""
        await self.bank((self.words.say(DESK, "unknownpayer"), 777), (self.words.say(DESK, "refundedpayer"), 888))
        await self.world.run_jobs()
        waiting = (await self.world.desk.get("/v1/admin/bank-lines", params={"status": "for_a_person"})).json()["data"]
        line = next(each for each in waiting if each["amount"]["amount"] == 888)
        resolution = {"resolution": "refund", "note": self.words.say(DESK, "refundnote")}
        await self.world.desk.post(f"/v1/admin/bank-lines/{line['id']}/resolve", resolution, headers=SEEN)


def told(answer: httpx.Response) -> str:
    """All that a caller can read of an answer, in lower case: status line, headers, body."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.headers.multi_items())
    return f"{answer.status_code} {answer.reason_phrase}\n{head}\n{answer.content.decode(errors='replace')}".lower()
