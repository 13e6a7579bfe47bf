"""What does a provider say of a holdings file beside its bytes: its columns, and whether it waits for an answer?"""

from typing import Annotated, Any, Final

import msgspec
from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter

from app.core.errors import FieldError
from app.core.http.jobs import JobOut, job_location
from app.core.long_jobs import LongJob
from app.inventory import errors
from app.inventory.rules import MAPPED_FIELDS, mapping_errors

HOLDINGS_MAX_BYTES: Final = 200_000_000
HOLDINGS_TYPES: Final = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)
BY_JOB: Final = {
    202: ResponseSpec(
        JobOut, generate_examples=False, description="A job does it; `Location` is where to look how far it is."
    )
}
Mapping = Annotated[
    str | None,
    QueryParameter(
        max_length=4_000,
        description="For layouts that the desk does not know: a JSON object of our fields to the file's headers. "
        f"Fields: {', '.join(MAPPED_FIELDS)}.",
    ),
]
Prefer = Annotated[
    str | None, HeaderParameter(name="Prefer", description="`respond-async`: a job, however small the work (RFC 7240).")
]


def prefers_job(prefer: str | None) -> bool:
    """Whether the caller would rather look at a job than wait."""
    return prefer is not None and "respond-async" in {each.strip().lower() for each in prefer.split(",")}


def by_job(job: LongJob) -> Response[Any]:
    """202, with the address of the job."""
    return Response(JobOut.of(job), status_code=202, headers={"Location": job_location(job)})


def mapping_in(text: str | None, layout: str | None) -> dict[str, str] | None:
    """The mapping that was given, our fields to the file's headers. Raises ImportInvalid (422)."""
    if text is None:
        return None
    if layout is not None:
        raise _invalid(FieldError("?mapping", "excluded_field", "Give a layout or a mapping, not both."))
    try:
        mapping = msgspec.json.decode(text, type=dict[str, str])
    except (msgspec.DecodeError, RecursionError) as error:
        wrong = FieldError("?mapping", "not_an_object", "A JSON object of texts is wanted, our fields to your headers.")
        raise _invalid(wrong) from error
    wrong_fields = mapping_errors(mapping, pointer="?mapping")
    if wrong_fields:
        raise _invalid(*wrong_fields)
    return mapping


def _invalid(*wrong: FieldError) -> errors.ImportInvalid:
    return errors.ImportInvalid("See `errors`.", errors=wrong)
