"""How do we tell a person what is wrong with one value? A stable code and a sentence, never the decoder's own words."""

import re
from typing import Final

from app.core.http.language import Language

_KINDS: Final[dict[str, tuple[str, str]]] = {
    "int": ("a whole number", "整数"),
    "float": ("a number", "数値"),
    "str": ("text", "文字列"),
    "bool": ("true or false", "true または false"),
    "array": ("a list", "配列"),
    "object": ("an object", "オブジェクト"),
    "null": ("null", "null"),
    "bytes": ("base64 text", "Base64文字列"),
    "datetime": ("a date and time in RFC 3339", "RFC 3339形式の日時"),
    "date": ("a date, YYYY-MM-DD", "日付（YYYY-MM-DD）"),
    "uuid": ("an id", "ID"),
}
_COMPARED: Final[dict[str, tuple[str, str]]] = {
    ">=": ("Must be at least {0}.", "{0}以上にしてください。"),
    ">": ("Must be more than {0}.", "{0}より大きくしてください。"),
    "<=": ("Must be at most {0}.", "{0}以下にしてください。"),
    "<": ("Must be less than {0}.", "{0}より小さくしてください。"),
}
_LENGTHS: Final[dict[str, tuple[str, str]]] = {
    ">=": ("Must have at least {0}.", "{0}個（文字）以上にしてください。"),
    "<=": ("Must have at most {0}.", "{0}個（文字）以下にしてください。"),
}
_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "missing": ("This is required.", "必須項目です。"),
    "unknown": ("There is no such field.", "この項目は存在しません。"),
    "range": ("Is too large or too small.", "値が範囲外です。"),
    "pattern": ("Must match {0}", "形式が正しくありません: {0}"),
    "format": ("Must be {0}.", "{0}を指定してください。"),
    "type": ("Must be {0}.", "{0}を指定してください。"),
    "value": ("Is not one of the allowed values.", "使用できない値です。"),
}
MISSING: Final = _SENTENCES["missing"]
NUL: Final = ("Must not contain the character U+0000.", "使用できない文字（U+0000）が含まれています。")

_PATTERNS: Final = (
    ("missing", re.compile(r"Object missing required field.*", re.DOTALL)),
    ("unknown", re.compile(r"Object contains unknown field.*", re.DOTALL)),
    ("length", re.compile(r"Expected `[^`]+` of length (>=|<=) ([0-9]+)")),
    ("range", re.compile(r"Expected `[^`]+` (>=|>|<=|<) (-?[0-9]+)(?:\.0)?")),
    ("range", re.compile(r".*out of range.*", re.DOTALL)),
    ("pattern", re.compile(r"Expected `str` matching regex '(.*)'", re.DOTALL)),
    (
        "format",
        re.compile(r"Invalid (?:RFC3339 encoded )?(uuid|datetime|date|time|duration|base64|decimal).*", re.IGNORECASE),
    ),
    ("type", re.compile(r"Expected `([^`]+)`.*", re.DOTALL)),
    ("value", re.compile(r"Invalid (?:enum )?value.*", re.DOTALL)),
)


def said(words: tuple[str, str], language: Language) -> str:
    """The English or the Japanese of a pair."""
    return words[1] if language == "ja" else words[0]


def worded(message: str, language: Language) -> tuple[str, str]:
    """The code and the sentence for what the decoder says: missing, unknown, range, length, pattern, type, …

    What a struct's own check says (`__post_init__`) is a sentence of ours already: code `invalid`.
    """
    for code, pattern in _PATTERNS:
        if found := pattern.fullmatch(message):
            return code, _sentence(code, found.groups(), language)
    return "invalid", message


def _sentence(code: str, parts: tuple[str, ...], language: Language) -> str:
    match code, parts:
        case "length", (compared, bound):
            return said(_LENGTHS[compared], language).format(bound)
        case "range", (compared, bound):
            return said(_COMPARED[compared], language).format(bound)
        case "pattern", (regex,):
            return said(_SENTENCES[code], language).format(regex)
        case (("format" | "type"), (kind,)):
            return said(_SENTENCES[code], language).format(_kind(kind, language))
    return said(_SENTENCES[code], language)


def _kind(name: str, language: Language) -> str:
    """`int | null` in plain words; a name we have no word for is not shown."""
    words = [said(_KINDS[part], language) for part in name.lower().split(" | ") if part in _KINDS]
    other = ("of the documented type", "仕様に定められた型")
    return (" または " if language == "ja" else " or ").join(words) or said(other, language)
