"""What does a certificate state of retired energy certificates, and what does it not state?"""

from typing import Final

from app.certificates.rules.contents import EnergySource, EnergyStated, Words
from app.inventory.rules import TECHNOLOGIES
from app.retirements.rules import Consumption, EnergyRetired, EvidenceGrade

EVIDENCE_OF_ENERGY: Final[dict[EvidenceGrade, tuple[str, str]]] = {
    EvidenceGrade.PROVIDER_NOTICE: (
        "証書の供給者から提出された登録簿の通知を、当デスクの運営者が確認",
        "The registry's notice, handed in by the provider and read by this desk's operator",
    ),
}
ENERGY_STATES: Final = Words(
    ja="下記の発電設備で発電された電気の属性（電源・場所・時期）についての証書です。"
    "温室効果ガスの排出を減らした量や取り除いた量ではありません。",
    en="Certificates of an attribute of electricity: from which source, where and when it was generated. "
    "They are no quantity of emissions reduced or removed.",
)
ENERGY_DOES_NOT_STATE: Final = Words(
    ja="温室効果ガスの排出を減らした量や取り除いた量を述べるものではなく、"
    "対象の催し・製品・事業者の排出がないことを述べるものでもありません。"
    "上記の証書は無効化され、再び使うことはできません。"
    "証書の供給者は登録された事業者であり、認定を受けた事業者ではありません。",
    en="It states no quantity of emissions reduced or removed, and not that an event, product or company has no emissions. "
    "The certificates above have been retired and cannot be used again. "
    "Their provider is registered, not certified.",
)


def energy_stated(retired: EnergyRetired) -> EnergyStated:
    """The facts of the energy and of its consumption, in both languages where they have words."""
    facts, use = retired.facts, retired.consumption or Consumption()
    source = TECHNOLOGIES[facts.technology]
    return EnergyStated(
        states=ENERGY_STATES,
        source=EnergySource(ja=source.ja, en=source.en, code=facts.technology),
        country=facts.country,
        device=facts.device,
        commissioned_on=facts.commissioned_on,
        category=facts.category,
        tracking=facts.tracking,
        consumption_country=use.country,
        consumption_from=use.period_from,
        consumption_to=use.period_to,
    )
