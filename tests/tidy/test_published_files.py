"""Would a stranger find in these files what they need, and nothing of the machine that they were written on?"""

import re

import msgspec

from app.settings import PREFIX, Settings
from tests.tidy.source import ROOT, kept_files

A_MACHINES_PATH = re.compile(r"(?<![\w.>/-])/(?:home|root|Users|work)/\w|\b[A-Z]:\\Users\\")
A_REGISTRYS_HOST = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|npmjs\.com|crates\.io|proxy\.golang")
LOCKED = "uv.lock"
"""Names the host of every package by its nature."""
ABOUT_PATHS = {"tests/storage/test_files.py", "tests/tidy/test_published_files.py"}
"""Speak of such paths as examples of what is refused."""


def strangers(name: str, text: str) -> list[str]:
    """What in a file only makes sense on the machine of who wrote it, or only with one package registry."""
    patterns = [A_REGISTRYS_HOST] if name in ABOUT_PATHS else [A_MACHINES_PATH, A_REGISTRYS_HOST]
    lines = enumerate(text.splitlines(), start=1)
    return [f"{name}:{number}" for number, line in lines if any(pattern.search(line) for pattern in patterns)]


def undocumented(readme: str) -> list[str]:
    """Settings that no row of a table in the README names."""
    rows = "\n".join(line for line in readme.splitlines() if line.lstrip().startswith("|"))
    names = [f"{PREFIX}{field.name.upper()}" for field in msgspec.structs.fields(Settings)]
    return [name for name in names if not re.search(rf"\b{name}\b", rows)]


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    texts = 0
    found = []
    for path in kept_files():
        name = str(path.relative_to(ROOT))
        content = path.read_bytes()
        if name == LOCKED or b"\0" in content:
            continue
        texts += 1
        found += strangers(name, content.decode(errors="replace"))
    assert texts > 300
    assert not found, found
    assert strangers("x.md", "see /home/me/notes")
    assert strangers("x.toml", 'url = "https://pypi.' + 'org/simple"')
    assert not strangers("x.py", "https://example.jp/home/page")


def test_every_setting_stands_in_a_table_of_the_readme() -> None:
    missing = undocumented((ROOT / "README.md").read_text())
    assert not missing, missing


def test_a_setting_that_is_only_mentioned_is_not_documented() -> None:
    every = [f"{PREFIX}{field.name.upper()}" for field in msgspec.structs.fields(Settings)]
    assert undocumented("\n".join(f"| `{name}` | … |" for name in every)) == []
    assert undocumented(f"{every[0]} is set\n" + "\n".join(f"| `{name}` |" for name in every[1:])) == [every[0]]
