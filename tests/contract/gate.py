"""`make openapi`: write down what the server promises now, unless that breaks a promise nobody has answered for.

The last promise is the newest committed document that is not today's: of the newest tag where there is one, else of the
history as far as it is there (a shallow clone has little). `breaking.toml` names each break that is meant, and why.
"""

import json
import os
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.contract.comparing import breaks
from tests.isolation.document import document

HERE = Path(__file__).parent
COMMITTED = HERE / "openapi.json"
EXCUSES = HERE / "breaking.toml"
BASE = "OFFSETDESK_CONTRACT_BASE"
"""A commit or tag to compare with, for those who know better than the history."""


def written(found: dict[str, Any]) -> str:
    """The document as it is committed: one line for each thing, in the order of names."""
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def excused(text: str) -> dict[str, str]:
    """Each break that is meant, with its reason. A reason is a sentence."""
    entries = tomllib.loads(text).get("change", [])
    for entry in entries:
        assert entry.keys() == {"what", "why"}, entry
        assert len(entry["why"].split()) >= 4, f"Say why: {entry['what']}"
    return {entry["what"]: entry["why"] for entry in entries}


def unanswered(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The breaks between two documents that nobody has answered for."""
    answered = excused(EXCUSES.read_text())
    return [each for each in breaks(old, new, today=datetime.now(UTC).date()) if each not in answered]


def last_promise(now: str, root: Path = ROOT) -> dict[str, Any] | None:
    """The newest committed document that differs from `now`; None where no history says anything."""
    at = COMMITTED.relative_to(ROOT).as_posix()
    named = os.environ.get(BASE) or _git(root, "describe", "--tags", "--abbrev=0").strip()
    history = _git(root, "log", "--format=%H", "-n", "20", "--", at).split()
    for commit in [*([named] if named else []), *history]:
        text = _git(root, "show", f"{commit}:{at}")
        if text and text != now:
            found: dict[str, Any] = json.loads(text)
            return found
    return None


def _git(root: Path, *words: str) -> str:
    """What git says; nothing where there is no git, no repository, or no such commit."""
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def main() -> None:
    """Write the document; exit 1 and leave it as it was when it breaks the one that is there."""
    new = document()
    old = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else new
    if found := unanswered(old, new):
        entries = "".join(f'\n[[change]]\nwhat = {json.dumps(each, ensure_ascii=False)}\nwhy = ""\n' for each in found)
        sys.exit(f"These changes break clients. Undo them, or answer for them in {EXCUSES.name}:\n{entries}")
    COMMITTED.write_text(written(new))


if __name__ == "__main__":
    main()
