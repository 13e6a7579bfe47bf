"""Which rules do the other registries have, as far as they are published, and what holds where nothing is known?"""

from typing import Final

import msgspec

from app.retirements.rules.purposes import PURPOSES
from app.retirements.rules.registry_rules.jcredit import LEGAL_FORMS
from app.retirements.rules.registry_rules.shape import (
    Datum,
    Field,
    Limit,
    Limits,
    NoticeLabels,
    PurposeRule,
    RegistryRules,
    believed,
)

_ISOMETRIC_API: Final = "Isometric's OpenAPI document, registry/v0 (https://docs.isometric.com/)"
_RETIREMENT_LISTS: Final = "The columns of the registry's published retirements"
_FREE: Final = tuple(
    PurposeRule(each.code, each.en, each.scope) for each in PURPOSES if each.code in {"OFFSET", "CDP", "OTHER"}
)

GENERAL: Final = RegistryRules(
    unit=believed("", "The unit that the lot was imported in."),
    purposes=believed(
        tuple(PurposeRule(each.code, each.ja, each.scope, each.needs_fiscal_year) for each in PURPOSES),
        "Every use that the desk has a name for; the registry's own list is not known.",
    ),
    free_reason=believed(False),
    one_scope=believed(False, "Nothing is known of scopes of use."),
    beneficiary_required=believed(True, "A certificate names who the credits were retired for."),
    legal_form_required=believed(False),
    legal_forms=believed(LEGAL_FORMS),
    limits=believed(Limits(Limit(200), Limit(200)), "The fields' lengths are not known."),
    consumption=believed(None),
    offset_elsewhere=believed(False),
    cut_off=believed(None, "Worked as tasks come; no cut-off is known."),
    modes=believed(("serial",)),
    fields=believed(
        (
            Field("beneficiary_name", "受益者", "Beneficiary"),
            Field("purpose", "用途", "Reason"),
            Field("purpose_detail", "詳細", "Details"),
            Field("serials", "シリアル番号", "Serial number"),
            Field("quantity", "数量", "Quantity"),
        ),
        "The screen of this registry is not described: these are the desk's words.",
    ),
    notice_labels=believed(
        NoticeLabels(
            transaction_no=("Transaction ID", "Transaction", "Certificate Number"),
            recorded_on=("Retirement Date", "Date of Retirement", "Retired on", "Date"),
            quantity=("Quantity of Units Retired", "Quantity", "Amount"),
            serials=("Serial Number", "Serial Numbers", "Serial"),
            beneficiary_name=("Retirement Beneficiary", "Beneficiary", "On behalf of"),
            purpose=("Retirement Reason", "Reason", "Purpose"),
        ),
        "A notice whose words differ is typed twice instead.",
    ),
)


def _free_reason(unit_source: str, reason: str, detail: str) -> RegistryRules:
    """A registry that counts tonnes and takes reasons as free text."""
    return msgspec.structs.replace(
        GENERAL,
        unit=Datum(value="t", verified=True, source=unit_source),
        purposes=believed(_FREE, "The registry takes free text: this is the desk's grouping."),
        free_reason=Datum(value=True, verified=False, source=_RETIREMENT_LISTS),
        fields=Datum(
            value=(
                Field("serials", "シリアル番号", "Serial Number", verified=True),
                Field("quantity", "数量", "Quantity", verified=True),
                Field("beneficiary_name", "受益者", "Retirement Beneficiary", verified=True),
                Field("purpose", "用途", reason, verified=True),
                Field("purpose_detail", "詳細", detail, verified=True),
            ),
            verified=False,
            source=_RETIREMENT_LISTS,
            note="The names are those of the published columns; the order on the screen is not described.",
        ),
    )


_GENERAL_IN_TONNES: Final = msgspec.structs.replace(
    GENERAL,
    unit=Datum(value="t", verified=True, source="The registry's published issuances"),
    purposes=believed(_FREE, "What the registry asks for is not known."),
)

ISOMETRIC: Final = msgspec.structs.replace(
    GENERAL,
    unit=Datum(value="kg", verified=True, source=_ISOMETRIC_API, note="credit_kgs: whole kilograms."),
    purposes=Datum(
        value=(
            PurposeRule("CORPORATE_TARGETS", "corporate_targets", "corporate_targets"),
            PurposeRule("PUBLIC_CLAIMS", "public_environmental_claims", "public_environmental_claims"),
            PurposeRule("INSETTING", "insetting", "insetting"),
            PurposeRule("REGULATORY", "regulatory_requirement", "regulatory_requirement"),
            PurposeRule("OTHER", "other", "other"),
        ),
        verified=True,
        source=_ISOMETRIC_API,
        note="retirement_purposes; several may be given.",
    ),
    limits=Datum(
        value=Limits(Limit(200), Limit(239)),
        verified=True,
        source=_ISOMETRIC_API,
        note="Names may have 256 characters there, of which a certificate takes 200; notes have 256 with our reference.",
    ),
)

SHIPPED_OTHERS: Final = {
    "verra": _free_reason("https://verra.org/: one VCU is one tonne", "Retirement Reason", "Retirement Details"),
    "gold_standard": _free_reason("The registry's public API: one credit is one tonne", "Retirement use case", "Note"),
    "acr": _free_reason("The registry's published issuances", "Purpose of Retirement", "Retirement Details"),
    "car": _free_reason("The registry's published issuances", "Retirement Reason", "Retirement Details"),
    "art": _free_reason("The registry's published issuances", "Retirement Reason", "Retirement Details"),
    "isometric": ISOMETRIC,
    "puro": _GENERAL_IN_TONNES,
    "cercarbono": _GENERAL_IN_TONNES,
    "plan_vivo": _GENERAL_IN_TONNES,
}
