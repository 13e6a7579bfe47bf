"""What is in stock, what was imported, who holds which serials, and does it all add up?"""

from app.inventory.queries.audit import (
    UnevenHolding,
    UnevenLot,
    holdings_out_of_balance,
    lots_out_of_balance,
    overlapping_lots,
    overlapping_ranges,
)
from app.inventory.queries.disputes import DisputeLine, dispute_line, disputes_page
from app.inventory.queries.evidence import EvidenceLine, evidence_for_desk, evidence_of_lot, evidence_seen_by_desk
from app.inventory.queries.holdings import (
    SerialsWritten,
    holding_of,
    holdings_page,
    lots_of_holdings,
    ranges_of,
    serials_written,
    written_ranges,
)
from app.inventory.queries.imports import (
    GoodRow,
    ProjectKey,
    account_of,
    accounts_page,
    bad_rows_after,
    good_rows_after,
    import_of,
    import_rows_page,
    imports_page,
    project_ids,
    serials_seen,
    units_of_registries,
)
from app.inventory.queries.lots import LotLine, lot_line, lot_lines, lots_page, provider_of_lot
from app.inventory.queries.overlaps import DeclaredSerials, Overlap, declared_already, overlaps_with_others
from app.inventory.queries.picked import PickedSerials, owners_of_picked

__all__ = [
    "DeclaredSerials",
    "DisputeLine",
    "EvidenceLine",
    "GoodRow",
    "LotLine",
    "Overlap",
    "PickedSerials",
    "ProjectKey",
    "SerialsWritten",
    "UnevenHolding",
    "UnevenLot",
    "account_of",
    "accounts_page",
    "bad_rows_after",
    "declared_already",
    "dispute_line",
    "disputes_page",
    "evidence_for_desk",
    "evidence_of_lot",
    "evidence_seen_by_desk",
    "good_rows_after",
    "holding_of",
    "holdings_out_of_balance",
    "holdings_page",
    "import_of",
    "import_rows_page",
    "imports_page",
    "lot_line",
    "lot_lines",
    "lots_of_holdings",
    "lots_out_of_balance",
    "lots_page",
    "overlapping_lots",
    "overlapping_ranges",
    "overlaps_with_others",
    "owners_of_picked",
    "project_ids",
    "provider_of_lot",
    "ranges_of",
    "serials_seen",
    "serials_written",
    "units_of_registries",
    "written_ranges",
]
