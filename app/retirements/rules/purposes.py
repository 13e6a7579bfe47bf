"""What may credits be retired for? The uses that schemes and registries publish, with our codes for them.

Which registry takes which, under which word, and which of them share a scope of use, its rules say.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Purpose:
    """A use of credits; `scope` is its scope of use (活用範囲), which one request cannot mix."""

    code: str
    ja: str
    en: str
    scope: str
    needs_fiscal_year: bool


# The uses are those of the scheme's own page on using credits. Two things about them are not published and so are ours,
# to be changed here when the registry says otherwise: the wording of the registry's own selection, and which uses share
# a scope. Until then every law and scheme is a scope of its own; CDP, SBT and RE100 are explained as one there.
PURPOSES: Final[tuple[Purpose, ...]] = (
    Purpose(
        "SHK_EMISSION",
        "温対法（調整後温室効果ガス排出量の調整）",
        "Act on Promotion of Global Warming Countermeasures: adjusted greenhouse gas emissions",
        "shk_emission",
        needs_fiscal_year=True,
    ),
    Purpose(
        "SHK_EMISSION_FACTOR",
        "温対法（調整後排出係数の調整）",
        "Act on Promotion of Global Warming Countermeasures: adjusted emission factor of an electricity retailer",
        "shk_emission_factor",
        needs_fiscal_year=True,
    ),
    Purpose(
        "ENERGY_ACT_JOINT",
        "省エネ法（共同省エネルギー事業の報告）",
        "Energy Conservation Act: report of a joint energy-saving project",
        "energy_act",
        needs_fiscal_year=False,
    ),
    Purpose("CDP", "CDP質問書への報告", "Report to CDP", "disclosure", needs_fiscal_year=False),
    Purpose("SBT", "SBTへの報告", "Report to SBT", "disclosure", needs_fiscal_year=False),
    Purpose("RE100", "RE100への報告", "Report to RE100", "disclosure", needs_fiscal_year=False),
    Purpose("OFFSET", "カーボン・オフセット", "Carbon offsetting", "offset", needs_fiscal_year=False),
    Purpose(
        "SHIFT_ASSET",
        "SHIFT・ASSET事業の目標達成",
        "Reaching the target of a SHIFT or ASSET project",
        "shift_asset",
        needs_fiscal_year=False,
    ),
    Purpose(
        "KEIDANREN_CN",
        "経団連カーボンニュートラル行動計画の目標達成",
        "Reaching the target of the Keidanren Carbon Neutrality Action Plan",
        "keidanren",
        needs_fiscal_year=False,
    ),
    Purpose("GX_ETS", "GX-ETSにおける活用", "Use in GX-ETS", "gx_ets", needs_fiscal_year=False),
    Purpose("OTHER", "その他", "Other", "other", needs_fiscal_year=False),
)

ISOMETRIC_PURPOSES: Final[tuple[Purpose, ...]] = (
    Purpose("CORPORATE_TARGETS", "企業目標の達成", "Corporate targets", "corporate_targets", needs_fiscal_year=False),
    Purpose(
        "PUBLIC_CLAIMS",
        "環境に関する公表",
        "Public environmental claims",
        "public_environmental_claims",
        needs_fiscal_year=False,
    ),
    Purpose("INSETTING", "インセッティング", "Insetting", "insetting", needs_fiscal_year=False),
    Purpose("REGULATORY", "規制への対応", "Regulatory requirement", "regulatory_requirement", needs_fiscal_year=False),
)
"""Isometric's own, besides `OTHER`; the Japanese is the desk's."""

ENERGY_PURPOSES: Final[tuple[Purpose, ...]] = (
    Purpose(
        "ELECTRICITY_USE",
        "使用した電力の電源に関する主張・報告",
        "Claim or report on the source of the electricity used",
        "electricity_use",
        needs_fiscal_year=False,
    ),
)
"""Of energy certificates, beside reports that the list above names."""

_BY_CODE: Final = {purpose.code: purpose for purpose in (*PURPOSES, *ISOMETRIC_PURPOSES, *ENERGY_PURPOSES)}


def purpose_of(code: str) -> Purpose | None:
    """The purpose with this code, of whichever registry; None when there is none."""
    return _BY_CODE.get(code)
