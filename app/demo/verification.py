"""Is a certificate what it says it is? Checked as a stranger would: page, PDF, JSON, hashes, and the registry's book."""

import hashlib
import json
from typing import Any

from app.demo.caller import Caller
from app.demo.errors import DemoFailed
from integrations.registries.fake.messages import BookView, Retirement


def verify(nobody: Caller, certificate: dict[str, Any], book: BookView) -> None:
    """Raises DemoFailed naming what does not hold. `certificate` is what its owner was told."""
    number = certificate["number"]
    page = nobody.bytes_of(f"/c/{number}", lang="en").text
    pdf = nobody.bytes_of(f"/c/{number}.pdf").content
    stated = nobody.bytes_of(f"/c/{number}.json").content
    facts = json.loads(stated)
    record = _recorded(book, facts["reference"])
    pdf_sha256, stated_sha256 = _sha256(pdf), _sha256(stated)
    holds = {
        "the page shows the number": number in page,
        "the page and the facts are marked as a demonstration": "DEMONSTRATION" in page and facts["simulated"] is True,
        "the PDF is a PDF": pdf.startswith(b"%PDF-"),
        "the PDF's SHA-256 is the one that page and owner were told": pdf_sha256 == certificate["pdf_sha256"]
        and pdf_sha256 in page,
        "the facts' SHA-256 is the one that page and owner were told": stated_sha256 == certificate["contents_sha256"]
        and stated_sha256 in page,
        "the API states the same facts, byte for byte": nobody.bytes_of(f"/v1/certificates/{number}").content == stated,
        "the serials are those in the registry's book": _serials_stated(facts) == _serials_recorded(record),
        "the quantity is the registry's": facts["quantity"] == record.quantity == certificate["quantity"],
        "the beneficiary is the registry's": facts["beneficiary_name"] == record.beneficiary_name,
        "the day is the registry's": facts["recorded_on"] == record.recorded_on.isoformat(),
    }
    wrong = [claim for claim, is_so in holds.items() if not is_so]
    if wrong:
        raise DemoFailed(f"Certificate {number} does not hold: not so that {'; '.join(wrong)}.")


def _recorded(book: BookView, reference: str) -> Retirement:
    found = [retirement for retirement in book.retirements if retirement.reference == reference]
    if len(found) != 1:
        raise DemoFailed(f"The registry's book holds {len(found)} retirements with the reference {reference}, not 1.")
    return found[0]


def _serials_stated(facts: dict[str, Any]) -> list[tuple[str, str, int]]:
    spans = [span for line in facts["lines"] for span in line["serials"]]
    return sorted((span["first"], span["last"], span["count"]) for span in spans)


def _serials_recorded(record: Retirement) -> list[tuple[str, str, int]]:
    return sorted((block.prefix + block.first, block.prefix + block.last, block.count) for block in record.blocks)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
