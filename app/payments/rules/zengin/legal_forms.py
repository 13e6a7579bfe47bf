"""How do banks shorten the legal form in a company's kana name?

Source of the abbreviations and of where their brackets stand: 京葉銀行 (keiyobank.co.jp, typing.html: 1.法人略語), 常陽銀行's
note on payees' names, and a published table 別表（第5条関係）1 法人略語; they agree, and each has forms the others lack. A
form in front is カ) , at the end (カ , within (カ) ; one abbreviation per company. The short kanji, (株), are in common use and
no bank's rule. Abbreviations of lines of business (事業略語: セイメイ for 生命保険) are not applied: they are words of a name.
"""

import re
from typing import Final

_FORMS: Final[tuple[tuple[str, str, str, str], ...]] = (
    # What banks write, the kanji, the kana with large letters, the short kanji.
    ("カ", "株式会社", "カブシキガイシヤ", "株"),
    ("ユ", "有限会社", "ユウゲンガイシヤ", "有"),
    ("メ", "合名会社", "ゴウメイガイシヤ", "名"),
    ("シ", "合資会社", "ゴウシガイシヤ", "資"),
    ("ド", "合同会社", "ゴウドウガイシヤ", "同"),
    ("ソ", "相互会社", "ソウゴガイシヤ", "相"),
    ("イ", "医療法人", "イリヨウホウジン", "医"),
    ("イ", "医療法人社団", "イリヨウホウジンシヤダン", ""),
    ("イ", "医療法人財団", "イリヨウホウジンザイダン", ""),
    ("イ", "社会医療法人", "シヤカイイリヨウホウジン", ""),
    ("ザイ", "財団法人", "ザイダンホウジン", "財"),
    ("ザイ", "一般財団法人", "イツパンザイダンホウジン", "一財"),
    ("ザイ", "公益財団法人", "コウエキザイダンホウジン", "公財"),
    ("シヤ", "社団法人", "シヤダンホウジン", "社"),
    ("シヤ", "一般社団法人", "イツパンシヤダンホウジン", "一社"),
    ("シヤ", "公益社団法人", "コウエキシヤダンホウジン", "公社"),
    ("シユウ", "宗教法人", "シユウキヨウホウジン", "宗"),
    ("ガク", "学校法人", "ガツコウホウジン", "学"),
    ("フク", "社会福祉法人", "シヤカイフクシホウジン", "福"),
    ("ホゴ", "更生保護法人", "コウセイホゴホウジン", ""),
    ("トクヒ", "特定非営利活動法人", "トクテイヒエイリカツドウホウジン", "特非"),
    ("ドク", "独立行政法人", "ドクリツギヨウセイホウジン", "独"),
    ("チドク", "地方独立行政法人", "チホウドクリツギヨウセイホウジン", "地独"),
    ("ベン", "弁護士法人", "ベンゴシホウジン", "弁"),
    ("チユウ", "有限責任中間法人", "ユウゲンセキニンチユウカンホウジン", "中"),
    ("チユウ", "無限責任中間法人", "ムゲンセキニンチユウカンホウジン", ""),
    ("ギヨ", "行政書士法人", "ギヨウセイシヨシホウジン", "行"),
    ("シホウ", "司法書士法人", "シホウシヨシホウジン", "司"),
    ("ゼイ", "税理士法人", "ゼイリシホウジン", "税"),
    ("ダイ", "国立大学法人", "コクリツダイガクホウジン", "大"),
    ("ダイ", "公立大学法人", "コウリツダイガクホウジン", ""),
    ("ノウ", "農事組合法人", "ノウジクミアイホウジン", ""),
    ("カンリ", "管理組合法人", "カンリクミアイホウジン", ""),
    ("ロウム", "社会保険労務士法人", "シヤカイホケンロウムシホウジン", ""),
)
_OFFICES: Final = (("エイ", "営業所", "エイギヨウシヨ"), ("シユツ", "出張所", "シユツチヨウシヨ"))
"""A branch office at the end of a name is shortened the same way (常陽銀行: ○×(カ)△□(エイ)."""

# People write 会社 as カイシヤ as often as ガイシヤ.
_SHORT: Final = (
    {f"({short})": letters for letters, _, _, short in _FORMS if short}
    | {kanji: letters for letters, kanji, _, _ in _FORMS}
    | {kana: letters for letters, _, kana, _ in _FORMS}
    | {kana.replace("ガイシヤ", "カイシヤ"): letters for letters, _, kana, _ in _FORMS}
)
_WORDS: Final = re.compile("|".join(re.escape(word) for word in sorted(_SHORT, key=lambda word: -len(word))))
_LETTERS: Final = "|".join(sorted({letters for letters, *_ in _FORMS}, key=lambda letters: (-len(letters), letters)))
_IN_FRONT: Final = re.compile(rf"\A\(?({_LETTERS})\) ?")
_AT_THE_END: Final = re.compile(rf" ?\(({_LETTERS})\)?\Z")
_WITHIN: Final = re.compile(rf"\(({_LETTERS})\)")
_ANYWHERE: Final = re.compile("|".join(found.pattern for found in (_IN_FRONT, _AT_THE_END, _WITHIN)))


def abbreviated(name: str) -> str:
    """The name with its legal form, and an office at its end, as banks shorten them.

    `name` is full-width katakana with large letters; kanji stay but for the words of a form. A name that is nothing but a
    form stays as it is.
    """
    return _office_shortened(_form_shortened(name))


def without_legal_form(name: str) -> str:
    """The name without any legal form: in kanji, in kana, or as banks shorten it, in front, at the end or within."""
    if "(" in name or ")" in name:
        name = _ANYWHERE.sub("", name)
    if "イシヤ" in name or "ホウジン" in name or "会社" in name or "法人" in name or "(" in name:
        return _WORDS.sub("", name)
    return name


def _form_shortened(name: str) -> str:
    front, end = _IN_FRONT.match(name), _AT_THE_END.search(name)
    if front and front.end() < len(name):
        return f"{front[1]}){name[front.end() :]}"
    if end and end.start() > 0:
        return f"{name[: end.start()]}({end[1]}"
    found = _WORDS.search(name)
    if found is None or _WITHIN.search(name):
        return name
    before, after = name[: found.start()].rstrip(" "), name[found.end() :].lstrip(" ")
    if not before and not after:
        return name
    return f"{before}{'(' if before else ''}{_SHORT[found[0]]}{')' if after else ''}{after}"


def _office_shortened(name: str) -> str:
    for letters, *words in _OFFICES:
        for word in words:
            if name.endswith(word) and len(name) > len(word):
                return f"{name.removesuffix(word).rstrip(' ')}({letters}"
    return name
