"""Which row does an address name, of what type is a file, and does its sender wait for an answer?"""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter

from app.core.errors import NotFound
from app.core.http.errors import UnsupportedMediaType
from app.core.http.jobs import JobOut, job_location
from app.core.ids import read_public_id
from app.core.long_jobs import LongJob

TABLE_MAX_BYTES: Final = 200_000_000
TABLE_TYPES: Final = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)
"""A table of rows: CSV or a workbook."""
BY_JOB: Final = {
    202: ResponseSpec(
        JobOut, generate_examples=False, description="A job does it; `Location` is where to look how far it is."
    )
}
Filename = Annotated[str, QueryParameter(min_length=1, max_length=200, description="The file's name at the sender.")]
Prefer = Annotated[
    str | None, HeaderParameter(name="Prefer", description="`respond-async`: a job, however small the work (RFC 7240).")
]


def id_in(prefix: str, text: str, missing: type[NotFound]) -> UUID:
    """The id in a path. What is no id of this kind is as unknown as a wrong one: raises `missing` (404)."""
    found = read_public_id(prefix, text)
    if found is None:
        raise missing("Nothing has this id.")
    return found


def media_type_of(request: Request[Any, Any, Any], allowed: tuple[str, ...]) -> str:
    """The body's media type, one of those allowed. Raises UnsupportedMediaType (415)."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in allowed:
        raise UnsupportedMediaType(f"Send the file as one of: {', '.join(allowed)}.", expected=list(allowed))
    return media_type


def prefers_job(prefer: str | None) -> bool:
    """Whether the caller would rather look at a job than wait."""
    return prefer is not None and "respond-async" in {each.strip().lower() for each in prefer.split(",")}


def by_job(job: LongJob) -> Response[Any]:
    """202, with the address of the job."""
    return Response(JobOut.of(job), status_code=202, headers={"Location": job_location(job)})
