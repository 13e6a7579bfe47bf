"""Does a file that was put come back as it was, and can none be replaced or put elsewhere?"""

import asyncio
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.storage.client import FileConflict, FileMissing, Files, FilesUnavailable, InvalidKey, checked_key
from integrations.storage.live import ObjectFiles

KEY = "certificates/sha256=9f86/K7M2-9QXF-4HJD.pdf"


class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as we use: PUT (with If-None-Match), GET and HEAD of one object, and uploads in parts."""

    kept: dict[str, bytes]
    parts: dict[str, dict[int, bytes]]
    lock: Lock

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        at = urlsplit(self.path)
        asked = parse_qs(at.query, keep_blank_values=True)
        if "uploads" in asked:
            self.parts["upload"] = {}
            self._answer(
                200, b"<InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>"
            )
            return
        named = [int(number) for number in re.findall(rb"<PartNumber>([0-9]+)</PartNumber>", body)]
        parts = self.parts.pop(asked["uploadId"][0])
        assert named == sorted(parts), "Every part is named, in order."
        self.kept[at.path] = b"".join(parts[number] for number in named)
        self._answer(200, b"<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>")

    def do_PUT(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        asked = parse_qs(urlsplit(self.path).query)
        if "partNumber" in asked:
            self.parts[asked["uploadId"][0]][int(asked["partNumber"][0])] = content
            self._answer(200, b"")
            return
        with self.lock:
            taken = self.path in self.kept and self.headers.get("If-None-Match") == "*"
            if not taken:
                self.kept[self.path] = content
        self._answer(412 if taken else 200, b"")

    def do_GET(self):
        content = self.kept.get(self.path)
        asked = re.fullmatch(r"bytes=([0-9]+)-([0-9]+)", self.headers.get("Range", ""))
        if content is None or asked is None:
            self._answer(404 if content is None else 200, content or b"")
            return
        first, last = int(asked[1]), min(int(asked[2]), len(content) - 1)
        where = {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
        self._answer(206, content[first : last + 1], where)

    def do_HEAD(self):
        self.do_GET()

    def log_message(self, *_args):
        """Quiet."""

    def _answer(self, status, content, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 00:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """A bucket server; the environment says where, as it would in production."""
    kept: dict[str, bytes] = {}
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("OneBucket", (Bucket,), {"kept": kept, "parts": {}, "lock": Lock()})
    )
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "ap-northeast-1")
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectFiles:
    if request.param == "folder":
        return ObjectFiles((tmp_path / "not" / "yet" / "there").as_uri())
    request.getfixturevalue("bucket")
    return ObjectFiles("s3://desk/files")


def test_it_is_what_the_rest_of_the_house_asks_for(files):
    assert isinstance(files, Files)


async def test_what_was_put_comes_back_byte_for_byte(files):
    content = bytes(range(256)) * 4_000
    await files.put(KEY, content)
    assert await files.get(KEY) == content
    await files.put("empty", b"")
    assert await files.get("empty") == b""


async def test_putting_the_same_again_is_fine_and_other_content_is_refused(files):
    await files.put(KEY, b"first")
    await files.put(KEY, b"first")
    with pytest.raises(FileConflict):
        await files.put(KEY, b"other")
    assert await files.get(KEY) == b"first"


async def test_of_many_writers_with_different_content_exactly_one_wins(files):
    outcomes = await asyncio.gather(*(files.put(KEY, b"%d" % n) for n in range(12)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [FileConflict] * 11
    assert await files.get(KEY) == b"%d" % outcomes.index(None)


async def test_a_missing_file_is_named_missing(files):
    assert not await files.exists(KEY)
    with pytest.raises(FileMissing):
        await files.get(KEY)
    await files.put(KEY, b"x")
    assert await files.exists(KEY)


async def test_a_local_file_is_kept_and_brought_back_part_by_part(files, tmp_path):
    content = bytes(range(256)) * 90_000  # 23 MB: several parts, the last one shorter.
    (tmp_path / "sent").write_bytes(content)
    await files.put_file(KEY, tmp_path / "sent")
    await files.get_file(KEY, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == content
    assert await files.get(KEY) == content
    await files.put_file(KEY, tmp_path / "sent")
    (tmp_path / "empty").write_bytes(b"")
    await files.put_file("empty", tmp_path / "empty")
    assert await files.get("empty") == b""


async def test_of_a_folder_nothing_is_copied_to_bring_a_file_back(tmp_path):
    kept = ObjectFiles((tmp_path / "kept here").as_uri())
    await kept.put(KEY, b"as it was")
    await kept.get_file(KEY, tmp_path / "back")
    assert (tmp_path / "back").resolve() == tmp_path / "kept here" / KEY
    (tmp_path / "back").unlink()
    assert await kept.get(KEY) == b"as it was"


async def test_a_missing_file_leaves_no_local_one_behind_that_looks_whole(files, tmp_path):
    with pytest.raises(FileMissing):
        await files.get_file(KEY, tmp_path / "back")
    assert not (tmp_path / "back").exists()
    for verb in (files.put_file("../x", tmp_path / "sent"), files.get_file("../x", tmp_path / "back")):
        with pytest.raises(InvalidKey):
            await verb


async def test_it_is_ready_again_and_again(files):
    await files.ready()
    await files.ready()


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a/..",
        "./a",
        "a//b",
        "a/",
        "a\\b",
        "a b",
        "名",
        "a\x00",
        "a#1",
        "a%2e",
        "a\n",
        "k" * 513,
    ],
)
async def test_a_key_that_could_leave_the_place_is_refused_by_every_verb(files, key):
    for verb in (files.put(key, b"x"), files.get(key), files.exists(key)):
        with pytest.raises(InvalidKey):
            await verb


@given(st.text(alphabet="ab./\\~ \n%#", max_size=12))
def test_an_accepted_key_stays_below_its_folder(key):
    try:
        accepted = checked_key(key)
    except InvalidKey:
        return
    path = Path("/root/of/files")
    assert (path / accepted).resolve().is_relative_to(path)
    assert (path / accepted).resolve() != path


async def test_files_survive_the_object_and_leave_nothing_half_written(tmp_path):
    await ObjectFiles(tmp_path.as_uri()).put(KEY, b"kept")
    assert await ObjectFiles(tmp_path.as_uri()).get(KEY) == b"kept"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["K7M2-9QXF-4HJD.pdf"]


async def test_a_prefix_of_the_bucket_is_kept(bucket):
    await ObjectFiles("s3://desk/files").put("a/b", b"x")
    assert list(bucket) == ["/desk/files/a/b"]


async def test_a_place_that_does_not_answer_is_unavailable_not_missing(tmp_path):
    place = tmp_path / "files"
    files = ObjectFiles(place.as_uri())
    place.rmdir()
    place.write_text("a file where the folder was")
    for verb in (files.ready(), files.put(KEY, b"x")):
        with pytest.raises(FilesUnavailable):
            await verb


@pytest.mark.parametrize("url", ["", "files", "file:relative", "https://example.jp/files", "memory:///"])
def test_other_places_are_refused_without_repeating_the_url(url):
    with pytest.raises(ValueError, match=r"^a place for files is file:///path or s3://bucket/prefix$"):
        ObjectFiles(url)
