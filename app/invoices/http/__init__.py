"""The doors of papers, profiles and credit."""

from app.invoices.http import asked, corrections, desk_papers, desk_parties, on_account, papers, profiles

routes = [
    *papers.routes, *asked.routes, *on_account.routes, *corrections.routes, *profiles.routes, *desk_papers.routes, *desk_parties.routes,
]  # fmt: skip
