"""Which characters may a field of the banks' files hold, and which byte stands for each?

The files are JIS X 0201: one byte, one column. Half-width katakana are 0xA1 to 0xDF, a voiced mark is a column of its own
(ｶﾞ are two), and 0x5C is the yen sign. The sets are those of appendix 1 of the Japanese Bankers Association's record
formats (全国銀行協会「全銀協パーソナル・コンピュータ用標準通信プロトコル（ベーシック手順）適用業務およびレコード・フォーマット」
AP-Ⅰ-12, December 2019), read as reproduced in public; PCA's manual (pca.jp, 全銀協使用可能文字) prints the same sets for
names and branches. Banks accept fewer (京葉銀行 takes no full stop in names) or more: ask the bank.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

TextKind = Literal["name", "branch", "edi"]
"""Names of people and accounts; names of banks and branches; the free text of a transfer (EDI情報)."""

_KANA: Final = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ"
_LATIN: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
ALLOWED: Final[Mapping[TextKind, frozenset[str]]] = {
    "name": frozenset(_KANA + _LATIN + " ()-."),
    "branch": frozenset(_KANA + _LATIN + "-"),
    "edi": frozenset(_KANA + _LATIN + "ｦ ()-./\\｢｣"),
}
_NOT_JIS: Final = re.compile(rb"[^\x20-\x7e\xa1-\xdf]")


def stray_byte(record: bytes) -> int | None:
    """The place of the first byte that is no printable character of JIS X 0201, or None."""
    found = _NOT_JIS.search(record)
    return None if found is None else found.start()


def likely_encoding(record: bytes) -> str:
    """What a record with a stray byte may be written in, as words for a person."""
    if b"\xef\xbd" in record or b"\xef\xbe" in record or record.startswith(b"\xef\xbb\xbf"):
        return "it looks like UTF-8"
    if b"\x8e" in record:
        return "it looks like EUC-JP, or holds kanji"
    return "half-width katakana, capitals, digits and signs in JIS X 0201 are what a file may hold"


def as_text(record: bytes) -> str:
    """The text of bytes without a stray one: half-width katakana, and a backslash for the yen sign."""
    return record.decode("cp932")


def as_bytes(text: str) -> bytes:
    """The bytes of a text of allowed characters: as many as it has characters."""
    return text.encode("cp932")
