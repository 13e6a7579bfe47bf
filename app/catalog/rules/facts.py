"""Which facts of quality can be said of credits, of what, and with which answer?"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class FactKind(StrEnum):
    """What a fact is about."""

    ELIGIBILITY = "eligibility"
    LABEL = "label"
    RATING = "rating"
    SDG = "sdg"
    PERMANENCE = "permanence"
    RENEWABLE = "renewable"


class Level(StrEnum):
    """What a fact is said of, the widest first; a narrower one wins over a wider one."""

    REGISTRY = "registry"
    CATEGORY = "category"
    METHODOLOGY = "methodology"
    PROJECT = "project"
    ISSUANCE = "issuance"


class Answer(StrEnum):
    """Whether credits count for a use or carry a label. `unknown` is an answer: nobody guesses."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    CONDITIONAL = "conditional"


class Use(StrEnum):
    """What credits may be reported or used for."""

    SHK = "shk"
    ENERGY_ACT = "energy_act"
    CDP = "cdp"
    SBT = "sbt"
    RE100 = "re100"
    KEIDANREN = "keidanren"
    GX_ETS = "gx_ets"
    CORSIA = "corsia"
    OFFSET = "offset"


class Label(StrEnum):
    """A mark that somebody other than the registry gives to credits, a methodology or a project."""

    CCP = "ccp"
    CORSIA = "corsia"
    CCB = "ccb"
    SDG = "sdg"
    ARTICLE_6 = "article_6"


class Family(StrEnum):
    """What a methodology does, as registries group theirs."""

    ENERGY_SAVING = "energy_saving"
    RENEWABLE = "renewable"
    INDUSTRY = "industry"
    AGRICULTURE = "agriculture"
    WASTE = "waste"
    FOREST = "forest"
    CARBON_REMOVAL = "carbon_removal"
    OTHER = "other"
    UNKNOWN = "unknown"


class Mechanism(StrEnum):
    """Whether a methodology keeps greenhouse gases out of the air or takes them out of it."""

    REDUCTION = "reduction"
    REMOVAL = "removal"
    UNKNOWN = "unknown"


MIXED: Final = "mixed"
"""The family or mechanism of a project whose methodologies differ in it."""


def one_of_all(words: Iterable[str]) -> str:
    """The word that all are; `mixed` where they differ, `unknown` where there is none."""
    different = set(words)
    if len(different) > 1:
        return MIXED
    return different.pop() if different else Family.UNKNOWN.value


USE_NAMES: Final = {
    Use.SHK: ("温対法（SHK制度）", "Act on Promotion of Global Warming Countermeasures (SHK)"),
    Use.ENERGY_ACT: ("省エネ法（共同省エネルギー事業）", "Energy Conservation Act (joint energy-saving projects)"),
    Use.CDP: ("CDP質問書", "CDP questionnaire"),
    Use.SBT: ("SBT", "Science Based Targets"),
    Use.RE100: ("RE100", "RE100"),
    Use.KEIDANREN: ("経団連カーボンニュートラル行動計画", "Keidanren Carbon Neutrality Action Plan"),
    Use.GX_ETS: ("GX-ETS", "GX-ETS"),
    Use.CORSIA: ("CORSIA", "CORSIA"),
    Use.OFFSET: ("カーボン・オフセット", "Carbon offsetting"),
}
LABEL_NAMES: Final = {
    Label.CCP: ("コアカーボン原則（CCP）", "Core Carbon Principles (ICVCM)"),
    Label.CORSIA: ("CORSIA適格", "CORSIA eligible"),
    Label.CCB: ("CCBスタンダード", "Climate, Community and Biodiversity Standards"),
    Label.SDG: ("SDGsへの貢献の認証", "Certified contribution to SDGs"),
    Label.ARTICLE_6: ("パリ協定6条の承認", "Authorised under Article 6"),
}
