"""Which of a file's columns say what, when the caller tells it column by column?"""

from collections.abc import Mapping
from typing import Final

from app.core.errors import FieldError
from app.inventory.rules.layouts.layout import Layout

MAPPED_FIELDS: Final = (
    "project_list",
    "project_number",
    "certification_no",
    "serial",
    "serial_prefix",
    "serial_first",
    "serial_last",
    "quantity",
    "unit",
    "vintage",
    "vintage_from",
    "vintage_to",
    "note",
    "project_name",
    "country",
    "project_type",
    "methodology",
)
"""Fields that a mapping may name. `serial` is a whole serial as the registry writes it, instead of prefix and numbers."""
_ALWAYS: Final = ("project_number", "quantity")
_WHOLE: Final = {"serial_prefix", "project_list", "certification_no", "unit", "note"}


def mapping_errors(mapping: Mapping[str, str], *, pointer: str) -> tuple[FieldError, ...]:
    """What is wrong with a mapping of our fields to their headers, before any file is looked at."""
    errors = [
        FieldError(pointer, "unknown_field", f"{name[:100]!r} is none of {', '.join(MAPPED_FIELDS)}.")
        for name in mapping
        if name not in MAPPED_FIELDS
    ]
    errors += [FieldError(pointer, "missing_field", f"{name} is needed.") for name in _ALWAYS if not mapping.get(name)]
    if "serial" in mapping:
        both = sorted(_WHOLE & mapping.keys()) + sorted({"serial_first", "serial_last"} & mapping.keys())
        if both:
            errors.append(FieldError(pointer, "excluded_field", f"With serial there is no {', '.join(both)}."))
    elif not {"serial_first", "serial_last", "vintage_from", "vintage_to"} <= mapping.keys():
        detail = "Name serial, or serial_first, serial_last, vintage_from and vintage_to."
        errors.append(FieldError(pointer, "missing_field", detail))
    twice = sorted({header for header in mapping.values() if list(mapping.values()).count(header) > 1})
    errors += [FieldError(pointer, "repeated_header", f"{header[:100]!r} is given twice.") for header in twice]
    return tuple(errors)


def layout_of_mapping(mapping: Mapping[str, str], registry_code: str) -> Layout:
    """The layout that a mapping with `serial` describes; its errors have been looked for."""
    named = {name: header for name, header in mapping.items() if name not in _WHOLE}
    return Layout(name="mapped", registry_code=registry_code, needs=named)  # type: ignore[arg-type]  # Checked above.
