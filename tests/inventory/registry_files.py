"""The files of registries, written by ourselves with their quirks, and what each good row of them must say."""

from pathlib import Path

from app.core.text import decoded, lines_of
from app.inventory.rules import Asked, ParsedRow, read_file, records

FOLDER = Path(__file__).parent / "facsimiles"
LAYOUTS = {
    "verra.csv": "verra",
    "gold_standard.csv": "gold_standard",
    "acr.csv": "acr",
    "acr_cancelled.csv": "acr",
    "art.csv": "art",
    "car.csv": "car",
    "car_retired.csv": "car",
    "isometric.csv": "isometric",
    "cercarbono_retired.csv": "cercarbono",
}
Fact = tuple[str, str, int, str, str, str]


def text_of(name: str) -> str:
    return (FOLDER / name).read_bytes().decode()


def read(text: str, asked: Asked | None = None) -> list[ParsedRow]:
    found = records(lines_of(text))
    return list((read_file(found) if asked is None else read_file(found, asked)).rows)


def read_bytes(content: bytes) -> list[ParsedRow]:
    return read(decoded(content)[0])


def fact_of(row: ParsedRow) -> Fact | None:
    """What matters of a good row: had a column shifted, one of these would differ."""
    facts = row.facts
    if facts is None:
        return None
    declares = facts.declares
    assert declares is not None
    return (
        facts.project_number, facts.serial_text, facts.quantity, facts.vintage_from.isoformat(),
        facts.vintage_to.isoformat(), declares.name,
    )  # fmt: skip


def outcome(row: ParsedRow) -> str:
    return "good" if row.facts else "not_active" if row.is_not_active else row.errors[0].code
