"""The doors of earnings and payouts."""

from app.payouts.http import desk_files, desk_line_returns, desk_payouts, desk_refunds, desk_terms, own

routes = [
    *own.routes, *desk_terms.routes, *desk_payouts.routes, *desk_files.routes, *desk_refunds.routes,
    *desk_line_returns.routes,
]  # fmt: skip
