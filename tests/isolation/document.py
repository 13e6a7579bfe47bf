"""Which operations does the application have, and with what can each be asked? Read out of its own document."""

import asyncio
import itertools
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx
import msgspec

from app.clients import Clients
from app.core.db import API_ROLE, Database
from app.core.http.drain import Drain
from app.core.metrics import Metrics
from app.core.period import day_in_japan
from app.main import create_app
from app.settings import Settings
from integrations.documents.typst import TypstDocuments
from integrations.registries.base import Registries
from integrations.storage.live import ObjectFiles
from tests.world import BASE_URL, PASSWORD

NAMED = {
    "organisation_id": "org", "provider_id": "org", "buyer_id": "org", "member_id": "mem", "api_key_id": "key", "import_id": "imp", "lot_id": "lot",
    "evidence_id": "evd", "holding_id": "hld", "listing_id": "lst", "quote_id": "qte", "order_id": "ord",
    "line_id": "bnk", "retirement_id": "ret", "task_id": "tsk", "project_id": "prj", "registry_account_id": "acc",
    "saved_search_id": "ssr", "notice_id": "ntc",
    "fact_id": "fct", "supersedes_id": "fct", "project_member_id": "pmb",
    "dispute_id": "dsp", "job_id": "job", "case_id": "cas",
    "statement_id": "stm", "discrepancy_id": "dcy", "reconciliation_id": "rcn",
    "payment_id": "pat", "payment_dispute_id": "pdp", "refund_id": "rfd", "bank_line_id": "bnk",
    "substitution_id": "sub",
    "payout_id": "pyo", "payout_file_id": "pfl", "payout_account_id": "pac", "commission_rate_id": "cmr",
    "stripe_payout_id": "spo", "line_return_id": "lrt", "payer_name_id": "pnm",
    "storefront_id": "sfr", "storefront_key_id": "pbk", "consent_id": "cns",
    "paper_id": "pap", "correction_id": "pcr",
    "close_id": "cls", "difference_id": "mdf",
}  # fmt: skip
"""Which ids a parameter or a field of this name takes. A new name is added here, or its operation fails."""

NUMBER = "number"
"""A certificate's number is no id: whoever has it may read the certificate."""

WORDS = {"registry": "jcredit", "code": "FO-001", "account": "bank"}
"""Parts of a path that are no ids: what reference data calls its rows by, and the desk its accounts."""

FILES = {
    "text/csv": b"registry,project_list\njcredit,jcredit_normal\n",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": b"PK\x03\x04",
    "application/pdf": b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "application/octet-stream": b"\x00",
}
JSON = "application/json"

Choose = Callable[[str], str]
"""The id to put where one with this prefix is asked for."""


@dataclass(frozen=True)
class Body:
    """What is sent, or nothing."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class Operation:
    """A method on a path, and what the document says of it."""

    method: str
    path: str
    told: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def public(self) -> bool:
        """Whether no caller is asked for."""
        return self.told["security"] == []

    @property
    def operators(self) -> bool:
        """Whether it is for the operator alone."""
        return self.path.startswith("/v1/admin/")

    def parameters(self, where: str) -> list[dict[str, Any]]:
        return [each for each in self.told.get("parameters", []) if each["in"] == where]

    @property
    def place(self) -> str | None:
        """The name of its one path parameter."""
        names = [each["name"] for each in self.parameters("path") if each["name"] not in WORDS]
        assert len(names) <= 1, f"{self.name}: try each of {names} with another's ids."
        return names[0] if names else None

    @property
    def prefixes(self) -> list[str]:
        """The kinds of ids that it can be asked with: path, query, body."""
        asked: list[str] = []

        def choose(prefix: str) -> str:
            asked.append(prefix)
            return "x"

        self.url("x")
        list(self.queries(choose))
        list(self.bodies(choose))
        here = [] if self.place in (None, NUMBER) else [NAMED[self.place]]
        return sorted({*here, *asked})

    def url(self, given: str) -> str:
        path = self.path
        for name, word in WORDS.items():
            path = path.replace(f"{{{name}}}", word)
        return path if self.place is None else path.replace(f"{{{self.place}}}", given)

    def queries(self, choose: Choose) -> Iterator[dict[str, str]]:
        """What must stand in the query; then with the longest page; then with each word that a filter allows."""
        given = {each["name"]: each for each in self.parameters("query")}
        needed = {name: _asked(_sample(of["schema"], name, choose)) for name, of in given.items() if of.get("required")}
        yield needed
        if "limit" in given:
            yield needed | {"limit": "100"}
        for name, of in given.items():
            for word in _words(of["schema"]):
                yield needed | {name: str(word)}

    def bodies(self, choose: Choose) -> Iterator[Body | None]:
        """Bodies that the document allows: the needed fields, and these with each optional one."""
        content = self.told.get("requestBody", {}).get("content")
        if content is None:
            yield None
            return
        for media_type, of in content.items():
            if media_type == JSON:
                for body in _objects(of["schema"], choose):
                    yield Body(msgspec.json.encode(body), JSON)
            else:
                yield Body(FILES[media_type], media_type)


@cache
def document() -> dict[str, Any]:
    """The document as a test desk serves it, whose doors are more than a live one's; no database is asked."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database_url="postgresql://nobody@127.0.0.1:1/none",
            secret="s" * 32,
            files_url=f"file://{folder}",
            mode="test",
        )
        return asyncio.run(_fetched(settings))


async def _fetched(settings: Settings) -> dict[str, Any]:
    db = Database(settings.database_url, role=API_ROLE)
    clients = Clients(Registries({}), TypstDocuments(), ObjectFiles(settings.files_url), None)
    app = create_app(settings, db, clients, drain=Drain(), metrics=Metrics())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL) as client:
        found: dict[str, Any] = (await client.get("/openapi.json")).json()
    await db.close()
    return found


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the document."""
    paths = document()["paths"].items()
    return tuple(Operation(method.upper(), path, told) for path, item in paths for method, told in item.items())


def headers() -> dict[str, str]:
    """The conditions that let a request through as far as possible."""
    return {"If-Match": "*", "Idempotency-Key": secrets.token_hex(8)}


def _meant(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind references and alternatives: the first that is not null."""
    while True:
        if "$ref" in schema:
            schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif choices := schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf"):
            schema = next(each for each in choices if each.get("type") != "null")
        else:
            return schema


def _asked(sample: Any) -> Any:
    """As a query holds it."""
    return [str(each) for each in sample] if isinstance(sample, list) else str(sample)


def _words(schema: dict[str, Any]) -> list[Any]:
    meant = _meant(schema)
    return [each for each in meant.get("enum", meant.get("items", {}).get("enum", [])) if each is not None]


def _objects(schema: dict[str, Any], choose: Choose) -> Iterator[dict[str, Any]]:
    fields, needed = _fields(schema)
    optional = [[], *([each] for each in fields if each not in needed)]
    for more in optional:
        yield {name: _sample(fields[name], name, choose) for name in itertools.chain(needed, more)}


def _fields(schema: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    meant = _meant(schema)
    return meant.get("properties", {}), meant.get("required", [])


def _sample(schema: dict[str, Any], name: str, choose: Choose) -> Any:
    meant = _meant(schema)
    kinds = meant.get("type", "string")
    kind = kinds if isinstance(kinds, str) else next(each for each in kinds if each != "null")
    fixed = [meant["const"]] if "const" in meant else _words(meant)
    match kind:
        case _ if fixed:
            return fixed[0]
        case "object":
            fields, needed = _fields(meant)
            return {each: _sample(fields[each], each, choose) for each in needed}
        case "array":
            return [_sample(meant["items"], name, choose)] * max(1, meant.get("minItems", 1))
        case "integer":
            return max(1, meant.get("minimum", 1))
        case "boolean":
            return True
    assert kind == "string", f"{name}: no sample for {kind}."
    one = name.removesuffix("s") if name.endswith("_ids") else name
    return choose(NAMED[one]) if one.endswith("_id") else _text(meant, name)


def _text(schema: dict[str, Any], name: str) -> str:
    """A text of the kind that is asked for: by its format, then by its name, then by its pattern and length."""
    by_format = {
        "date": day_in_japan(datetime.now(UTC)).isoformat(),
        "date-time": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
    }
    by_name = {
        "email": f"{secrets.token_hex(6)}@sample.example", "password": PASSWORD, "purpose": "OFFSET", "rows": "all",
        "beneficiary_name": "見本株式会社", "transaction_no": "1", "key": "one_scope", "month": "2026-10",
        "registration_number": "T7000012050002",
    }  # fmt: skip
    of_pattern = str(schema.get("pattern", "")).strip("^$()").partition("|")[0]
    of_pattern = re.sub(r"\[0-9\]\{(\d+)(?:,\d*)?\}", lambda digits: "1" * int(digits[1]), of_pattern)
    plain = of_pattern or "x" * max(1, schema.get("minLength", 1))
    return by_format.get(schema.get("format", ""), by_name.get(name, plain))
