"""What are things called in the OpenAPI document? Short names for operations and schemas, from which clients are made."""

import re
from collections import Counter
from typing import Any, Final

from litestar.handlers import BaseRouteHandler

_PAGE: Final = re.compile(r"PageOut_(?:.*\.)?(\w+?)_")
_SCHEMAS: Final = "#/components/schemas/"


def operation_name(handler: BaseRouteHandler) -> str:
    """`place_order` is `placeOrder`."""
    first, *others = handler.fn.__name__.split("_")
    return first + "".join(word.capitalize() for word in others)


def summary_of(handler: BaseRouteHandler) -> str:
    """`place_order` is "Place order"."""
    return str(handler.fn.__name__).replace("_", " ").capitalize()


def unique_names(names: list[str]) -> set[str]:
    """Those that only one operation has: the others keep their long name."""
    return {name for name, count in Counter(names).items() if count == 1}


def with_short_names(document: dict[str, Any]) -> dict[str, Any]:
    """The document with `OrderSummaryPage` where the framework writes `PageOut_app.orders.schemas.OrderSummary_`."""
    schemas = document["components"]["schemas"]
    wanted = {old: f"{found[1]}Page" for old in schemas if (found := _PAGE.fullmatch(old))}
    free = unique_names([*wanted.values(), *(name for name in schemas if name not in wanted)])
    renamed = {old: new for old, new in wanted.items() if new in free}
    document["components"]["schemas"] = {renamed.get(name, name): schema for name, schema in schemas.items()}
    done: dict[str, Any] = _renamed(document, renamed)
    for new in renamed.values():
        done["components"]["schemas"][new]["title"] = new
    return done


def tag_of(path: str) -> str:
    """The heading of an operation that names none: the first noun of its path."""
    nouns = [part for part in path.split("/") if part and part not in {"v1", "admin"}]
    return nouns[0].replace("-", " ").capitalize() if nouns else "Other"


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: _SCHEMAS + names.get(inner.removeprefix(_SCHEMAS), inner.removeprefix(_SCHEMAS))
            if key == "$ref" and isinstance(inner, str) and inner.startswith(_SCHEMAS)
            else _renamed(inner, names)
            for key, inner in value.items()
        }
    return [_renamed(inner, names) for inner in value] if isinstance(value, list) else value
