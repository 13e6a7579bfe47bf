"""How is a listing changed, and what do others see of it?"""

from app.listings.operations.levels import note_stock
from app.listings.operations.moving import begin, close_for_lot, finish, pause, resume, withdraw
from app.listings.operations.publishing import change, locked, offered_of, publish
from app.listings.operations.showing import SHOWN_CHANNEL, show_of_project

__all__ = [
    "SHOWN_CHANNEL",
    "begin",
    "change",
    "close_for_lot",
    "finish",
    "locked",
    "note_stock",
    "offered_of",
    "pause",
    "publish",
    "resume",
    "show_of_project",
    "withdraw",
]
