"""What does a buyer mandate (委任), and what does an account holder consent to (許諾)? Texts with a version.

The scheme lets somebody without an account have credits invalidated by a provider or holder, with the consent of the
holder of the account (購入先口座保有者の許諾が必要; J-Credit secretariat, page on uses). No form of words is published: these
are the desk's. A text is never edited: a new one takes a new version, and rows keep what was agreed to.
"""

from typing import Final, NamedTuple


class Agreed(NamedTuple):
    """A text that somebody agrees to, in both languages, and its version."""

    version: str
    ja: str
    en: str


MANDATE: Final = Agreed(
    "mandate-2026-11",
    "当社は、この申請に記載したクレジットについて、記載した利用者名、用途および目的詳細のとおりに無効化する手続きを、"
    "クレジットを保有する口座の名義人に委任します。無効化の後は内容を変更できないことを承知しています。",
    "We mandate the holder of the account in which these credits lie to have them invalidated on our behalf, under the "
    "name, for the purpose and with the detail that this request states. We know that nothing of it can be changed "
    "once it is done.",
)
CONSENT: Final = Agreed(
    "consent-2026-11",
    "当社は、当社名義の登録簿口座で保有するクレジットを、購入者の委任に基づき、購入者が指定した利用者名および用途で"
    "無効化することを許諾します。",
    "As the holder of the registry account we consent that credits in it are invalidated by mandate of the buyer who "
    "bought them, under the name and for the purpose that the buyer states.",
)
