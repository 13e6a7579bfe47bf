"""Which registries does the desk know?"""

from typing import Final, NamedTuple

from app.core.quantity import ENERGY_UNITS, Unit


class KnownRegistry(NamedTuple):
    """A registry; quantities are counted in `unit`, and one serial number stands for `units_per_serial` of them."""

    code: str
    name_ja: str
    name_en: str
    unit: Unit
    home_url: str
    source: str
    units_per_serial: int = 1
    """Every lot keeps the number that it came in with; change it only while no lot of the registry is there."""
    note_ja: str = ""
    note_en: str = ""
    """What about the registry was not read in a source, and is to be set right here when it becomes known."""


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
    KnownRegistry(
        "irec",
        "I-REC(E)登録簿（Evident）",
        "I-REC(E) Registry (Evident)",
        "kWh",
        "https://evident.app/",
        "evident.app; I-REC(E) as Evident's participants describe it",
        units_per_serial=1_000,
        note_ja="証書番号1つを1 MWh（1,000 kWh）として数えます。登録簿の公表資料では未確認です。",
        note_en="One certificate number is counted as 1 MWh (1,000 kWh). No document of the registry was read that says so.",
    ),
    KnownRegistry(
        "nfc",
        "非化石証書（JEPX）",
        "Non-fossil certificates (JEPX)",
        "kWh",
        "https://www.jepx.jp/",
        "JEPX's own site",
        note_ja="番号は1 kWhごとに1つとして数えます。番号の付け方と口座明細の形式は未確認です。",
        note_en="One number is counted for each kWh. How JEPX numbers them, and its statements' layout, were not read.",
    ),
    KnownRegistry(
        "green_power",
        "グリーン電力証書（日本品質保証機構の認証）",
        "Green power certificates (certified by JQA)",
        "kWh",
        "https://gec.jqa.jp/",
        "JQA: a serial number for each kWh, traced from generation to retirement https://gec.jqa.jp/know/role/",
        note_ja="番号は1 kWhごとに付けられます。番号の桁数と区切り方は未確認です。",
        note_en="Every kWh has a number of its own. How long a number is, and how it is grouped, was not read.",
    ),
)

_BY_CODE: Final = {registry.code: registry for registry in REGISTRIES}
ENERGY_REGISTRIES: Final = frozenset(registry.code for registry in REGISTRIES if registry.unit in ENERGY_UNITS)
"""Their certificates are of an attribute of energy, and no reduction of emissions."""


def units_per_serial(registry_code: str) -> int:
    """How many units one serial number of the registry stands for; 1 for one that the desk does not know."""
    registry = _BY_CODE.get(registry_code)
    return 1 if registry is None else registry.units_per_serial
