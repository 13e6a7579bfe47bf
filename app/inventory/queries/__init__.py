"""What is in stock, what was imported, who holds which serials, and does it all add up?"""

from app.inventory.queries.audit import (
    UnevenHolding,
    UnevenLot,
    holdings_out_of_balance,
    lots_out_of_balance,
    overlapping_lots,
    overlapping_ranges,
)
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
    DeclaredSerials,
    ProjectKey,
    account_of,
    accounts_page,
    declared_already,
    good_rows_after,
    import_of,
    import_rows_page,
    imports_page,
    project_ids,
    units_of_registries,
)
from app.inventory.queries.lots import LotLine, lot_line, lots_page, provider_of_lot

__all__ = [
    "DeclaredSerials",
    "EvidenceLine",
    "LotLine",
    "ProjectKey",
    "SerialsWritten",
    "UnevenHolding",
    "UnevenLot",
    "account_of",
    "accounts_page",
    "declared_already",
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
    "lots_of_holdings",
    "lots_out_of_balance",
    "lots_page",
    "overlapping_lots",
    "overlapping_ranges",
    "project_ids",
    "provider_of_lot",
    "ranges_of",
    "serials_written",
    "units_of_registries",
    "written_ranges",
]
