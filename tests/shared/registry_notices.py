"""What does a registry's notice look like in tests? A facsimile of ours with text, and a picture without any."""

from collections.abc import Sequence
from datetime import date

import typst

from integrations.documents.glyphs import FONTS

PICTURE = b"\x89PNG\r\n\x1a\n" + b"no text can be read of a picture"
_PAGE = """#set text(font: "Noto Sans JP", size: 11pt)
= 無効化通知書
#for line in sys.inputs.lines.split("\\n") [ #line \\ ]
"""


def notice_lines(
    *, transaction_no: str, recorded_on: date, quantity: str, serials: Sequence[str], beneficiary: str, purpose: str
) -> list[str]:
    """The lines of a notice: each fact behind its label. The form is ours, for none is published."""
    day = f"{recorded_on.year}年{recorded_on.month}月{recorded_on.day}日"
    return [
        f"通知番号：{transaction_no}",
        f"無効化年月日：{day}",
        f"クレジット利用者名：{beneficiary}",
        f"無効化の用途：{purpose}",
        f"数量：{quantity}",
        *(f"シリアル番号：{each}" for each in serials),
    ]


def notice_pdf(lines: Sequence[str]) -> bytes:
    """A PDF with this text."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return typst.compile(_PAGE.encode(), font_paths=fonts, sys_inputs={"lines": "\n".join(lines)}, format="pdf")
