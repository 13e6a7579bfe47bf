"""What every answer has in common: request id, HEAD, 304, 415, headers, true counts, and a log line."""

import asyncio
import re

import httpx
import pytest

from tests.core.http.conftest import World

ORDER = "/v1/orders/0dd5de5c-0000-7000-8000-000000000001"
BODY = {"lines": [{"listing": "lst_1", "quantity": 1}]}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", ORDER, 200),
        ("HEAD", ORDER, 200),
        ("GET", "/nowhere", 404),
        ("PUT", ORDER, 405),
        ("OPTIONS", ORDER, 204),
        ("GET", "/raise/bug", 500),
        ("POST", "/v1/orders", 415),
    ],
)
async def test_every_answer_names_its_request(http: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    ours = await http.request(method, path, content=b"x" if status == 415 else None)
    theirs = await http.request(
        method, path, content=b"x" if status == 415 else None, headers={"X-Request-Id": "client-abc_123"}
    )
    assert ours.status_code == theirs.status_code == status
    assert re.fullmatch(r"req_[0-9a-z]{26}", ours.headers["x-request-id"])
    assert theirs.headers["x-request-id"] == "client-abc_123"


@pytest.mark.parametrize(
    "text", ["short", "a" * 65, "has space", "new\tline-line", "日本語日本語日本".encode().decode("latin-1")]
)
async def test_a_strange_request_id_is_replaced(http: httpx.AsyncClient, text: str) -> None:
    answer = await http.get(ORDER, headers=[(b"X-Request-Id", text.encode("latin-1"))])
    assert answer.headers["x-request-id"].startswith("req_")


async def test_requests_at_the_same_time_keep_their_names(http: httpx.AsyncClient) -> None:
    names = [f"client-{number:03d}" for number in range(50)]
    answers = await asyncio.gather(*(http.get("/raise/state", headers={"X-Request-Id": name}) for name in names))
    assert [answer.json()["request_id"] for answer in answers] == names


@pytest.mark.parametrize("path", [ORDER, "/v1/orders?limit=3", "/page", "/nowhere", "/raise/state", "/openapi.json"])
async def test_head_is_get_without_the_body(http: httpx.AsyncClient, path: str) -> None:
    named = {"X-Request-Id": "the-same-one"}
    head, got = await http.head(path, headers=named), await http.get(path, headers=named)
    assert head.content == b""
    assert got.content != b""
    assert head.status_code == got.status_code
    assert head.headers == got.headers
    assert int(head.headers["content-length"]) == len(got.content)


async def test_head_ends_a_stream_that_nobody_reads(http: httpx.AsyncClient, world: World) -> None:
    answer = await asyncio.wait_for(http.head("/stream"), timeout=2)
    assert (answer.status_code, answer.content, world.stream_ended) == (200, b"", True)


async def test_options_and_405_list_head_beside_get(http: httpx.AsyncClient) -> None:
    told, refused = await http.options(ORDER), await http.put(ORDER)
    assert told.headers["allow"] == refused.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"


@pytest.mark.parametrize("sent", ['"v7"', 'W/"v7"', '"v1", "v7"', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_version_already_seen_is_not_sent_again(http: httpx.AsyncClient, method: str, sent: str) -> None:
    answer = await http.request(method, ORDER, headers={"If-None-Match": sent})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"v7"')
    assert "content-length" not in answer.headers
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("sent", ['"v8"', "v7", ""])
async def test_another_version_is_sent(http: httpx.AsyncClient, sent: str) -> None:
    assert (await http.get(ORDER, headers={"If-None-Match": sent})).status_code == 200


async def test_only_a_200_can_be_unchanged(http: httpx.AsyncClient) -> None:
    assert (await http.get("/raise/state", headers={"If-None-Match": "*"})).status_code == 409
    assert (await http.delete(ORDER, headers={"If-None-Match": "*", "If-Match": '"v7"'})).status_code == 204


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ("Application/JSON", 201),
        ("application/json; charset=shift_jis", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/jsonp", 415),
        (None, 415),
    ],
)
async def test_only_json_is_read_as_json(http: httpx.AsyncClient, content_type: str | None, status: int) -> None:
    headers = {"Authorization": "Bearer x"} | ({"Content-Type": content_type} if content_type else {})
    answer = await http.post("/v1/orders", content=b'{"lines":[{"listing":"lst_1","quantity":1}]}', headers=headers)
    assert answer.status_code == status


async def test_a_body_without_a_length_has_its_type_checked_too(http: httpx.AsyncClient) -> None:
    async def parts():
        yield b"{}"

    answer = await http.post("/v1/orders", content=parts(), headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


async def test_a_packed_body_is_refused(http: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert (await http.post("/v1/orders", content=b"\x1f\x8b", headers=headers)).status_code == 415


async def test_a_route_without_a_body_needs_no_type(http: httpx.AsyncClient) -> None:
    assert (await http.post(f"{ORDER}/cancel")).status_code == 201
    assert (await http.post(f"{ORDER}/cancel", content=b"x")).status_code == 415


async def test_a_file_is_read_where_the_route_says_so(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/imports", data={"layout": "jcredit"}, files={"file": ("a.csv", "一,二".encode())})
    assert (answer.status_code, answer.json()) == (201, {"layout": "jcredit", "text": "一,二"})
    assert (await http.post("/v1/imports", json={"layout": "jcredit"})).status_code == 415


async def test_a_route_may_read_the_raw_body(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/echo", content=b'{"a":  1}', headers={"Content-Type": "application/json"})
    assert answer.content == b'{"a":  1}'


async def test_browsers_are_told_what_a_page_may_do(http: httpx.AsyncClient) -> None:
    page, answer = await http.get("/page"), await http.get(ORDER)
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"
    for headers in (page.headers, answer.headers):
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("credential", [{"Authorization": "Bearer x"}, {"Cookie": "__Host-session=x"}])
async def test_no_cache_keeps_what_a_caller_was_shown(http: httpx.AsyncClient, credential: dict[str, str]) -> None:
    assert (await http.get(ORDER, headers=credential)).headers["cache-control"] == "private, no-store"
    assert "cache-control" not in (await http.get(ORDER)).headers
    style = await http.get("/docs/style.css", headers=credential)
    assert style.headers["cache-control"] == "public, max-age=3600"


async def test_metrics_tell_the_status_that_the_caller_saw(http: httpx.AsyncClient, world: World) -> None:
    await http.get(ORDER)
    await http.head(ORDER)
    await http.get(ORDER, headers={"If-None-Match": "*"})
    await http.get("/nowhere/42")
    await http.put(ORDER)
    await http.post("/v1/orders", content=b"x", headers={"Content-Type": "text/plain"})
    await http.get("/raise/limited")
    await http.get("/raise/bug")
    await http.request("BREW", ORDER)
    text = world.metrics.text().decode()
    seen = dict(re.findall(r"offsetdesk_http_requests_total\{(.*?)\} (\S+)", text))
    assert seen == {
        'method="GET",route="/v1/orders/{order_id}",status="200"': "1.0",
        'method="HEAD",route="/v1/orders/{order_id}",status="200"': "1.0",
        'method="GET",route="/v1/orders/{order_id}",status="304"': "1.0",
        'method="GET",route="unmatched",status="404"': "1.0",
        'method="PUT",route="unmatched",status="405"': "1.0",
        'method="POST",route="/v1/orders",status="415"': "1.0",
        'method="GET",route="/raise/{kind}",status="429"': "1.0",
        'method="GET",route="/raise/{kind}",status="500"': "1.0",
        'method="OTHER",route="unmatched",status="405"': "1.0",
    }
    assert 'offsetdesk_http_request_seconds_count{method="GET",route="/raise/{kind}"} 2.0' in text
    assert "offsetdesk_http_requests_open 0.0" in text
    assert "0dd5de5c" not in text


async def test_every_request_has_one_line_in_the_log(http: httpx.AsyncClient, log) -> None:
    await http.get(f"{ORDER}?nonsense=a@b.example", headers={"X-Request-Id": "client-abc_123"})
    (line,) = log()
    assert line.pop("duration_ms") >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("at"))
    assert line.pop("bytes_sent") > 100
    assert line == {
        "level": "info",
        "logger": "offsetdesk.access",
        "message": "answered",
        "request_id": "client-abc_123",
        "method": "GET",
        "route": "/v1/orders/{order_id}",
        "status": 400,
    }


async def test_a_process_that_leaves_says_so(http: httpx.AsyncClient, world: World) -> None:
    ready = await http.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "checks": {"database": "ok"}})
    assert "connection" not in ready.headers
    world.drain.begin()
    leaving = await http.get("/readyz")
    assert leaving.status_code == 503
    assert (leaving.json()["code"], leaving.json()["checks"]) == ("not_ready", {"database": "ok", "drain": "leaving"})
    assert leaving.headers["connection"] == "close"
    assert (await http.get("/livez")).status_code == 200


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ("The schema is not the code's.", "The schema is not the code's."),
        (ConnectionRefusedError("10.0.0.9"), "does not answer"),
    ],
)
async def test_not_ready_without_what_we_need(http: httpx.AsyncClient, world: World, found, told: str) -> None:
    world.check = found
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (503, {"database": told})
    assert answer.headers["retry-after"] == "2"


async def test_metrics_are_served_as_prometheus_reads_them(http: httpx.AsyncClient) -> None:
    await http.get(ORDER)
    answer = await http.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'route="/v1/orders/{order_id}"' in answer.text


@pytest.mark.parametrize(("deadlocks", "status", "tries"), [(0, 200, 1), (2, 200, 3), (3, 503, 3)])
async def test_a_step_is_tried_three_times(
    http: httpx.AsyncClient, world: World, deadlocks: int, status: int, tries: int
) -> None:
    world.deadlocks = deadlocks
    answer = await http.get("/retried")
    assert (answer.status_code, world.tries) == (status, tries)
    if status == 503:
        assert (answer.json()["code"], answer.headers["retry-after"]) == ("busy", "1")


async def test_what_will_go_says_since_when_until_when_and_what_comes_instead(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/old")
    assert answer.headers["deprecation"] == "@1795564800"
    assert answer.headers["sunset"] == "Tue, 01 Jun 2027 00:00:00 GMT"
    assert answer.headers.get_list("link") == [
        '</docs>; rel="deprecation"; type="text/html"',
        '</v1/orders>; rel="successor-version"',
    ]
    assert "deprecation" not in (await http.get("/v1/orders")).headers
    told = (await http.get("/openapi.json")).json()["paths"]["/v1/old"]["get"]
    assert (told["deprecated"], told["x-sunset"]) == (True, "2027-06-01")
    assert "Use /v1/orders." in told["description"]
    assert {"Deprecation", "Sunset"} <= told["responses"]["200"]["headers"].keys()


async def test_what_has_no_version_has_the_tag_of_its_content(http: httpx.AsyncClient) -> None:
    first, other = await http.get("/v1/search?q=a"), await http.get("/v1/search?q=b")
    assert first.headers["etag"] != other.headers["etag"]
    seen = {"If-None-Match": first.headers["etag"]}
    assert (await http.get("/v1/search?q=a", headers=seen)).status_code == 304
    assert (await http.get("/v1/search?q=b", headers=seen)).status_code == 200
    assert "etag" not in (await http.get("/livez")).headers
    assert "etag" not in (await http.get("/nowhere")).headers
