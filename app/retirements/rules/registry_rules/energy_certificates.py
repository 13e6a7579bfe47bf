"""Which rules do the registries of energy certificates have, as far as they are published?

Never an offset among the purposes: a certificate says where energy came from, and is no reduction of emissions.
"""

from typing import Final

import msgspec

from app.retirements.rules.purposes import ENERGY_PURPOSES, PURPOSES
from app.retirements.rules.registry_rules.others import GENERAL
from app.retirements.rules.registry_rules.shape import (
    ConsumptionRule,
    Datum,
    Field,
    NoticeLabels,
    PurposeRule,
    RegistryRules,
    UseWindow,
    believed,
)

_REPORTS: Final = frozenset({"RE100", "CDP", "SBT", "OTHER"})

_GENERAL: Final = msgspec.structs.replace(
    GENERAL,
    purposes=believed(
        tuple(
            PurposeRule(each.code, each.ja, each.scope)
            for each in (*ENERGY_PURPOSES, *PURPOSES)
            if each in ENERGY_PURPOSES or each.code in _REPORTS
        ),
        "No registry's own list of purposes was read.",
    ),
    consumption=believed(
        ConsumptionRule(needs_country=False, needs_period=False, use_window=None),
        "What is asked about the consumption was not read.",
    ),
    fields=believed(
        (
            Field("beneficiary_name", "証書の利用者", "Beneficiary"),
            Field("purpose", "用途", "Purpose"),
            Field("purpose_detail", "詳細", "Details"),
            Field("consumption", "電力を消費した国・期間", "Country and period of consumption"),
            Field("serials", "証書番号", "Certificate numbers"),
            Field("quantity", "電力量（kWh）", "Quantity (kWh)"),
        ),
        "The screen of this registry is not described: these are the desk's words.",
    ),
    notice_labels=believed(
        NoticeLabels(
            transaction_no=("Transaction ID", "Redemption ID", "取引番号", "通知番号"),
            recorded_on=("Redemption Date", "Date of Redemption", "無効化日", "償却日"),
            quantity=("Volume", "Quantity", "電力量", "数量"),
            serials=("Certificate Numbers", "Serial Number", "証書番号", "シリアル番号"),
            beneficiary_name=("Beneficiary", "利用者名", "受益者"),
            purpose=("Purpose", "用途"),
        ),
        "No notice of these registries was read: one whose words differ is typed twice instead.",
    ),
)


def _in_kwh(source: str) -> RegistryRules:
    return msgspec.structs.replace(_GENERAL, unit=Datum(value="kWh", verified=True, source=source))


SHIPPED_ENERGY: Final = {
    "irec": msgspec.structs.replace(
        _GENERAL,
        unit=believed("kWh", "One certificate number is counted as 1 MWh; no document was read that says so."),
        consumption=Datum(
            value=ConsumptionRule(needs_country=True, needs_period=True, use_window=None),
            verified=False,
            source="A client of the registry's interface that is public (Energy Web): redeem takes a purpose, a beneficiary, "
            "period_start and period_end",
            note="That the country of consumption is asked for is general knowledge.",
        ),
    ),
    "nfc": msgspec.structs.replace(
        _in_kwh("JEPX"),
        consumption=Datum(
            value=ConsumptionRule(
                needs_country=False, needs_period=True, use_window=UseWindow(first="04-01", last_next_year="06-30")
            ),
            verified=False,
            source="https://enerbank.co.jp/",
            note="Its page says: generation January to December, usable for consumption April to June of the next year. It is "
            "read as one window, from April of the year of generation to June of the next.",
        ),
    ),
    "green_power": _in_kwh("https://gec.jqa.jp/know/role/: a serial number for each kWh"),
}
