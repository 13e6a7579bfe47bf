"""What does a provider say of a holdings file beside its bytes: its columns, and whether it waits for an answer?"""

from typing import Annotated

import msgspec
from litestar.params import QueryParameter

from app.core.errors import FieldError
from app.inventory import errors
from app.inventory.rules import MAPPED_FIELDS, mapping_errors

Mapping = Annotated[
    str | None,
    QueryParameter(
        max_length=4_000,
        description="For layouts that the desk does not know: a JSON object of our fields to the file's headers. "
        f"Fields: {', '.join(MAPPED_FIELDS)}.",
    ),
]


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
