"""What must the fuzzer know that no document says? Whose key it carries, and that a refusal of meaning is an answer."""

import json
import os
from typing import Any

import schemathesis

from app.core.http.problems import NAMES_FIELDS

OWN_IDS = frozenset(os.environ.get("OFFSETDESK_FUZZ_OWN_IDS", "").split())
"""The caller's own key and member: revoking itself, the fuzzer would hear 401 from then on."""

FRAMING = frozenset({"transfer-encoding", "content-length", "connection", "upgrade"})
"""How a message ends is between the HTTP implementations: made up, it is refused before there is a request."""


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Leave the caller its credential, and send no made-up cursor where everything else is right."""
    for name, value in dict(case.path_parameters or {}).items():
        if value in OWN_IDS:
            case.path_parameters[name] = "x"
    for name in [name for name in case.headers or {} if name.lower() in FRAMING]:
        del case.headers[name]
    if _is_meant_well(case):
        if case.query and "cursor" in case.query:
            del case.query["cursor"]  # Signed by the server: no schema can describe one.
        if case.media_type == "application/json":
            case.body = _in_whole_numbers(case.body)


@schemathesis.check
def the_document_says_every_shape(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> bool | None:
    """A request that fits the document is never refused for its shape: then the document would be wider than we are."""
    if not _is_meant_well(case):
        return None
    if response.status_code == 422:
        told = json.loads(response.content)
        assert told["detail"] != NAMES_FIELDS, f"The document allows what the decoder refuses: {told['errors']}"
    assert response.status_code != 400 or case.media_type not in {None, "application/json"}, (
        "Only a file may be unreadable."
    )
    return None


def _in_whole_numbers(value: Any) -> Any:
    """To JSON Schema 148.0 is an integer. Here it is not, as the document says in words."""
    if isinstance(value, dict):
        return {name: _in_whole_numbers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_in_whole_numbers(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_meant_well(case: schemathesis.Case) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive
