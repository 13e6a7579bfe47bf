"""How do others come to read what has changed of a project? Its open listings are written anew, job by job."""

from datetime import datetime
from uuid import UUID

from app.catalog import operations as catalog
from app.core.db import Database
from app.core.scope import Scope
from app.listings import queries
from app.listings.operations import show_of_project


async def show_again(db: Database, project_id: UUID, *, now: datetime, request_id: str) -> None:
    """Write the words and the open listings of a project anew, one transaction a provider. Twice does no harm."""
    async with db.machinery() as session:
        await catalog.index_words(session, [project_id])
    async with db.audit() as session:  # Some listings are for named readers alone.
        providers = await queries.providers_of_project(session, project_id)
    for provider_id in providers:
        async with db.transaction(Scope.of_system(provider_id, request_id)) as session:
            await show_of_project(session, provider_id, project_id, now=now)
