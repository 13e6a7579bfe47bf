"""What did the caller send? The JSON body, decoded once and strictly into what the route declares."""

import json
from typing import Any

import msgspec
from litestar import Request

from app.core.errors import FieldError
from app.core.http.errors import InvalidJson
from app.core.http.fields import body_errors, nul_errors, single_error
from app.core.http.language import Language, preferred_language

_WRONG_FIELDS = "wrong_fields"


class _Refused:
    """Stands where a decoded body would: no route's type accepts it."""


# Inheritance, because `request_class` is Litestar's one public seam here: by itself it decodes with type coercion
# ("120" would pass for 120) and names neither the missing nor the unknown field.
class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON is taken literally."""

    __slots__ = ()

    async def json(self) -> Any:
        """The body as the route's `data` type. Raises InvalidJson (400).

        Wrong fields are kept for later (`wrong_fields`), so that a caller without credentials hears 401 first:
        Litestar resolves dependencies after it has read the body, and checks the body's type after both.
        """
        body = await self.body()
        field = self.route_handler.parsed_data_field
        try:
            _refuse_repeated_keys(body)
            decoded = msgspec.json.decode(body, type=Any if field is None else field.annotation)
            errors = tuple(nul_errors(json.loads(body), self._language)) if b"\\u0000" in body else ()
        except msgspec.ValidationError as error:
            return self._refused(body, str(error))
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise InvalidJson("The body cannot be read as JSON.") from error
        return self._keep(errors) if errors else decoded

    @property
    def _language(self) -> Language:
        return preferred_language(self.headers.get("accept-language", ""))

    def _refused(self, body: bytes, message: str) -> _Refused:
        annotation = self.route_handler.parsed_data_field
        assert annotation is not None
        try:
            errors = body_errors(msgspec.json.decode(body), annotation.annotation, self._language)
        except (msgspec.DecodeError, RecursionError) as error:  # Broken further on than where the type was wrong.
            raise InvalidJson("The body cannot be read as JSON.") from error
        return self._keep(errors or (single_error(message, self._language),))

    def _keep(self, errors: tuple[FieldError, ...]) -> _Refused:
        self.scope["state"][_WRONG_FIELDS] = errors
        return _Refused()


def wrong_fields(request: Request[Any, Any, Any]) -> tuple[FieldError, ...]:
    """What was wrong with the body of this request; empty when nothing was."""
    kept: tuple[FieldError, ...] = request.scope["state"].get(_WRONG_FIELDS, ())
    return kept


def _refuse_repeated_keys(body: bytes) -> None:
    """A key given twice is read differently by different programs: refused (RFC 8259, 4; OWASP ASVS 1.5.3)."""
    json.loads(body, object_pairs_hook=_distinct)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidJson("A key is given twice in one object.")
    return found
