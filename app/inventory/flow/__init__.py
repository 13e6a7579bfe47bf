"""What happens to the files that providers send? Kept first, then weighed row by row, or shown to the operator."""

from app.inventory.flow.commits import AT_ONCE_ROWS as COMMITTED_AT_ONCE
from app.inventory.flow.commits import commit
from app.inventory.flow.evidence import EVIDENCE_TYPES, evidence_file, submit_evidence
from app.inventory.flow.imports import Incoming, Received, Staged, import_file, receive, stage
from app.inventory.flow.refused import bad_rows_file

__all__ = [
    "COMMITTED_AT_ONCE",
    "EVIDENCE_TYPES",
    "Incoming",
    "Received",
    "Staged",
    "bad_rows_file",
    "commit",
    "evidence_file",
    "import_file",
    "receive",
    "stage",
    "submit_evidence",
]
