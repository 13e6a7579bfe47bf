"""In which layout is a file? Named by the caller, mapped by the caller, or known by its header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

from app.inventory.rules.layouts.layout import Layout, heading
from app.inventory.rules.layouts.registries import REGISTRY_LAYOUTS, WITHOUT_SERIALS

LayoutName = Literal["template", "verra", "gold_standard", "acr", "art", "car", "isometric", "cercarbono"]
LAYOUT_NAMES: Final[tuple[LayoutName, ...]] = get_args(LayoutName)
_TEMPLATES_OWN: Final = ("serial_prefix", "serial_first", "シリアル番号接頭辞", "シリアル番号(始)", "開始シリアル番号")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller said of a file: its layout, or which header holds which field; neither, then the header tells."""

    registry_code: str
    """Of the account that the file is for."""
    layout: str | None = None
    mapping: Mapping[str, str] | None = None


class Chosen(NamedTuple):
    """The layout: `name` alone for our template and for a mapping; `no_serials` when the file cannot hold stock."""

    name: str
    layout: Layout | None
    no_serials: str | None


def chosen_layout(asked: Asked, header: Sequence[str]) -> Chosen:
    """The layout of a file with this header. What nothing fits is held against our template, which then says why."""
    if asked.mapping is not None:
        return Chosen("mapped", None, None)
    if asked.layout is not None:
        found = next((layout for layout in REGISTRY_LAYOUTS if layout.name == asked.layout), None)
        return Chosen(asked.layout, found, None)
    there = {heading(cell) for cell in header}
    if there & {heading(name) for name in _TEMPLATES_OWN} and heading("serial") not in there:
        return Chosen("template", None, None)
    fitting = [layout for layout in REGISTRY_LAYOUTS if {heading(name) for name in layout.needs.values()} <= there]
    if fitting:
        layout = max(fitting, key=lambda each: len(each.needs))
        return Chosen(layout.name, layout, None)
    for told, signatures in WITHOUT_SERIALS.items():
        if any({heading(name) for name in signature} <= there for signature in signatures):
            return Chosen("none", None, told)
    return Chosen("template", None, None)
