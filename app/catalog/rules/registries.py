"""Which registries does the desk know?"""

from typing import Final, NamedTuple


class KnownRegistry(NamedTuple):
    """A registry; `unit` is what one serial number stands for."""

    code: str
    name_ja: str
    name_en: str
    unit: str
    home_url: str
    source: str


_OWN_SITE: Final = "The registry's own site; its name in Japanese is the desk's"

REGISTRIES: Final = (
    KnownRegistry(
        "jcredit",
        "J-クレジット登録簿",
        "J-Credit Registry",
        "t",
        "https://japancredit.go.jp/",
        "J-クレジット制度ホームページ https://japancredit.go.jp/",
    ),
    KnownRegistry("verra", "Verra登録簿", "Verra Registry", "t", "https://registry.verra.org/", _OWN_SITE),
    KnownRegistry(
        "gold_standard",
        "ゴールドスタンダード登録簿",
        "Gold Standard Impact Registry",
        "t",
        "https://registry.goldstandard.org/",
        _OWN_SITE,
    ),
    KnownRegistry("acr", "ACR登録簿", "ACR Registry", "t", "https://acrcarbon.org/", _OWN_SITE),
    KnownRegistry("art", "ART登録簿", "ART Registry", "t", "https://www.artredd.org/", _OWN_SITE),
    KnownRegistry(
        "car",
        "クライメート・アクション・リザーブ登録簿",
        "Climate Action Reserve",
        "t",
        "https://www.climateactionreserve.org/",
        _OWN_SITE,
    ),
    KnownRegistry(
        "isometric", "Isometric登録簿", "Isometric Registry", "kg", "https://registry.isometric.com/", _OWN_SITE
    ),
    KnownRegistry("puro", "Puro登録簿", "Puro Registry", "t", "https://registry.puro.earth/", _OWN_SITE),
    KnownRegistry(
        "cercarbono", "Cercarbono登録簿", "Cercarbono Registry", "t", "https://www.cercarbono.com/", _OWN_SITE
    ),
    KnownRegistry("plan_vivo", "Plan Vivo登録簿", "Plan Vivo Registry", "t", "https://www.planvivo.org/", _OWN_SITE),
)
