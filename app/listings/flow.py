"""How does the public come to read what has changed of a project? Its open listings are written anew, job by job."""

from datetime import datetime
from uuid import UUID

from app.core.db import Database
from app.core.scope import Scope
from app.listings import queries
from app.listings.operations import show_of_project


async def show_again(db: Database, *, project_id: UUID, now: datetime, request_id: str) -> None:  # noqa: ARG001 - every flow is called alike.
    """Write the open listings of a project anew, in one transaction for each provider. Twice does no harm."""
    async with db.public() as session:
        providers = await queries.providers_of_project(session, project_id)
    for provider_id in providers:
        async with db.transaction(Scope.of_system(provider_id, request_id)) as session:
            await show_of_project(session, provider_id, project_id)
