"""Which blocks of code stand in the README, and in which order?"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCED = re.compile(r"^```(?P<language>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: what it calls itself, and its text."""

    language: str
    text: str

    @property
    def first_line(self) -> str:
        return self.text.split("\n", 1)[0]


def blocks() -> list[Block]:
    """Every fenced block of the README, the first one first."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("```") % 2 == 0, "a block is not closed"
    return [Block(found["language"], found["text"]) for found in _FENCED.finditer(text)]


def block(language: str, first_line: str) -> Block:
    """The one block that begins so."""
    found = [each for each in blocks() if each.language == language and each.first_line.startswith(first_line)]
    assert len(found) == 1, (language, first_line, len(found))
    return found[0]
