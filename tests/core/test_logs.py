"""Log lines hold allow-listed facts in UTC, and none of our callers' secrets."""

import io
import json
import logging
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from app.core.logs import FIELDS, JsonLines, redact, start_logging
from app.core.request_id import current_request_id
from app.core.security import (
    ACCESS_PREFIX,
    REFRESH_PREFIX,
    make_api_key,
    make_buyer_token,
    make_publishable_key,
    make_session_token,
)


def _random(place: int) -> bytes:
    return bytes((place * 37 + step * 11) % 256 for step in range(32))


def _luhn(prefix: str) -> str:
    for last in "0123456789":
        digits = [int(char) for char in prefix + last]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0:
            return prefix + last
    raise AssertionError(prefix)


KEYS = [
    make("live" if place % 2 else "test", random=_random(place)).text
    for place in range(5)
    for make in (make_api_key, make_publishable_key)
]
TOKENS = [make_session_token(random=_random(place)) for place in range(4)]
TOKENS += [make_buyer_token(prefix, random=_random(n)) for n in range(3) for prefix in (ACCESS_PREFIX, REFRESH_PREFIX)]
CARDS = [_luhn(f"4242{place:02d}001234567") for place in range(5)] + [
    _luhn(f"3782{place}2246310000"[:14]) for place in range(5)
]
MAILS = [f"taro.yamada+{place}@mail{place}.example.co.jp" for place in range(10)]
NAMES = [f"山田太郎{place}" for place in range(10)]
CANARIES = [*KEYS, *TOKENS, *CARDS, *MAILS, *NAMES]


@pytest.fixture
def written():
    stream = io.StringIO()
    writer = logging.StreamHandler(stream)
    writer.setFormatter(JsonLines())
    logger = logging.getLogger("canaries")
    logger.propagate = False
    logger.addHandler(writer)
    logger.setLevel(logging.DEBUG)
    yield logger, stream.getvalue
    logger.removeHandler(writer)
    logger.propagate = True


def test_fifty_canaries_never_sing(written) -> None:
    logger, text = written
    assert len(set(CANARIES)) == 50
    for canary in CANARIES:
        secret = canary not in NAMES  # A name looks like nothing: it may only come as a value, never in a message.
        if secret:
            logger.info("sent %s to them", canary)
            logger.info("header Authorization: Bearer %s", canary)
            logger.warning("odd", extra={"error": f"cannot use {canary}", "event": canary})
        logger.info("made", extra={"beneficiary": canary, "password": canary, "body": {"name": canary}})
        quoted = ValueError(f"DETAIL:  Key (x)=({canary})")
        logger.error("failed", exc_info=DBAPIError("insert into t values ($1)", {"name": canary}, quoted))
    lines = text().splitlines()
    assert len(lines) == 40 * 3 + 50 * 2
    assert all(json.loads(line)["level"] for line in lines)
    hits = [canary for canary in CANARIES if any(canary in line for line in lines)]
    assert hits == []


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://desk:hunter22@db/desk",
        "card 4242 4242 4242 4242 declined",
        "card 4242-4242-4242-4242",
        "Basic dXNlcjpwYXNzd29yZA==",
        "bearer abc.def.ghi-123",
        "mail to a%40b.example",
        "sk_live_abcdefghijklmnop",
        "whsec_abcdefghijklmnop",
    ],
)
def test_other_secrets_are_taken_out(text: str) -> None:
    for secret in ("hunter22", "4242", "dXNl", "abc.def", "b.example", "abcdefghijklmnop"):
        assert secret not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "ord_01m85r3q3wfcfb8qwam75a2sbr",
        "0dd5de5c-0000-7000-8000-000000000001",
        "1795478400001",
        "bearer of bad news",
        "2026-11-24T00:00:00.000Z",
        "postgresql://localhost:5432/desk",
        "7000012050002",
    ],
)
def test_what_we_need_to_read_stays(text: str) -> None:
    assert redact(text) == text


@given(st.text(max_size=300), st.sampled_from(KEYS + TOKENS))
def test_a_secret_between_any_words_is_taken_out(around: str, secret: str) -> None:
    assert secret not in redact(f"{around} {secret} {around}")


def test_a_line_has_its_time_in_utc_and_its_request(written) -> None:
    logger, text = written
    current_request_id.set("")  # Another test of this process may have left its own.
    token = current_request_id.set("client-abc_123")
    logger.info("注文 %d", 7, extra={"status": 200, "route": "/v1/orders", "unlisted": "x"})
    current_request_id.reset(token)
    logger.info("later")
    first, later = (json.loads(line) for line in text().splitlines())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("at"))
    assert first == {
        "level": "info",
        "logger": "canaries",
        "message": "注文 7",
        "request_id": "client-abc_123",
        "status": 200,
        "route": "/v1/orders",
    }
    assert "request_id" not in later


def test_a_line_is_one_line_and_not_endless(written) -> None:
    logger, text = written
    logger.info("one\ntwo %s", "x" * 100_000)
    (line,) = text().splitlines()
    assert len(line) < 20_000
    assert json.loads(line)["message"].startswith("one\ntwo")


@pytest.mark.parametrize(
    "part", ["x", "@", "1", "1 ", "a@", "a.", "://", "://a:", "od_test_", "%40", "bearer ", "DETAIL:"]
)
def test_nobody_can_keep_us_busy_with_a_long_text(part: str) -> None:
    began = time.monotonic()
    redact(part * (100_000 // len(part)))
    assert time.monotonic() - began < 2


def test_no_listed_field_is_a_place_for_contents() -> None:
    assert not {"body", "email", "name", "password", "headers", "query", "path", "url"} & set(FIELDS)


def test_the_process_writes_json_and_leaves_the_access_log_to_the_edge() -> None:
    root, access = logging.getLogger(), logging.getLogger("uvicorn.access")
    before = root.handlers[:], root.level, access.propagate
    stream = io.StringIO()
    try:
        start_logging(level="WARNING", stream=stream)
        logging.getLogger("uvicorn.error").error("cannot bind")
        access.error("GET /v1/orders?secret")
        logging.getLogger("anything").info("too quiet")
    finally:
        root.handlers[:], access.propagate = before[0], before[2]
        root.setLevel(before[1])
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["cannot bind"]
