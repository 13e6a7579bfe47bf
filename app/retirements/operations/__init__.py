"""What may be done to a retirement, its sendings and its task within one transaction?"""

from app.retirements.operations.cases import confirm_case, open_missing_case, party_ids_of, propose
from app.retirements.operations.drafts import Draft, draft, sign_off_draft
from app.retirements.operations.looking import Sought, begin_look_up, note_look_up
from app.retirements.operations.moves import wish_of
from app.retirements.operations.requests import cancel, request, sign_off, wake
from app.retirements.operations.sending import Sending, begin_sending, note_answer, picked_of
from app.retirements.operations.tasks import (
    Notice,
    add_notice,
    check_prepared,
    confirm,
    execute,
    open_task,
    prepare,
)

__all__ = [
    "Draft",
    "Notice",
    "Sending",
    "Sought",
    "add_notice",
    "begin_look_up",
    "begin_sending",
    "cancel",
    "check_prepared",
    "confirm",
    "confirm_case",
    "draft",
    "execute",
    "note_answer",
    "note_look_up",
    "open_missing_case",
    "open_task",
    "party_ids_of",
    "picked_of",
    "prepare",
    "propose",
    "request",
    "sign_off",
    "sign_off_draft",
    "wake",
    "wish_of",
]
