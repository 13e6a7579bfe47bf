"""What may be done to a retirement, its sendings and its task within one transaction?"""

from app.retirements.operations.agreements import consent_for_account, consent_for_task, give_mandate
from app.retirements.operations.cases import confirm_case, open_missing_case, party_ids_of, propose
from app.retirements.operations.claims import CLAIMS_MAX, claim, claim_one, give_back
from app.retirements.operations.drafts import Draft, draft, sign_off_draft
from app.retirements.operations.holds import note_payment
from app.retirements.operations.looking import Sought, begin_look_up, note_look_up
from app.retirements.operations.moves import attribute_of, energy_of, purpose_word_of, wish_of
from app.retirements.operations.notices import (
    Notice,
    add_made_up_notice,
    add_notice,
    confirm,
    return_notice,
    type_notice,
)
from app.retirements.operations.prechecks import note_precheck_answer, request_precheck
from app.retirements.operations.reconciled import mark_reconciled
from app.retirements.operations.requests import cancel, cancel_unsent, request, sign_off, wake
from app.retirements.operations.rules import say_rule
from app.retirements.operations.sending import Sending, begin_sending, note_answer, picked_of
from app.retirements.operations.stated import IN_DOUBT, Stated, record_stated
from app.retirements.operations.swapping import picked_serials
from app.retirements.operations.tasks import check_prepared, choose_mode, correct_record, execute, open_task, prepare

__all__ = [
    "CLAIMS_MAX",
    "IN_DOUBT",
    "Draft",
    "Notice",
    "Sending",
    "Sought",
    "Stated",
    "add_made_up_notice",
    "add_notice",
    "attribute_of",
    "begin_look_up",
    "begin_sending",
    "cancel",
    "cancel_unsent",
    "check_prepared",
    "choose_mode",
    "claim",
    "claim_one",
    "confirm",
    "confirm_case",
    "consent_for_account",
    "consent_for_task",
    "correct_record",
    "draft",
    "energy_of",
    "execute",
    "give_back",
    "give_mandate",
    "mark_reconciled",
    "note_answer",
    "note_look_up",
    "note_payment",
    "note_precheck_answer",
    "open_missing_case",
    "open_task",
    "party_ids_of",
    "picked_of",
    "picked_serials",
    "prepare",
    "propose",
    "purpose_word_of",
    "record_stated",
    "request",
    "request_precheck",
    "return_notice",
    "say_rule",
    "sign_off",
    "sign_off_draft",
    "type_notice",
    "wake",
    "wish_of",
]
