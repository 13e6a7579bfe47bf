"""How is a listing changed, and what do others see of it?"""

from app.listings.operations.moving import begin, close_for_lot, finish, note_stock, pause, resume, withdraw
from app.listings.operations.publishing import change, locked, offered_of, publish
from app.listings.operations.searches import (
    change_search,
    claim_news,
    delete_search,
    finish_news,
    locked_search,
    pass_searches,
    save_search,
    tell_fits,
)
from app.listings.operations.showing import SHOWN_CHANNEL, show_compared, show_of_project

__all__ = [
    "SHOWN_CHANNEL",
    "begin",
    "change",
    "change_search",
    "claim_news",
    "close_for_lot",
    "delete_search",
    "finish",
    "finish_news",
    "locked",
    "locked_search",
    "note_stock",
    "offered_of",
    "pass_searches",
    "pause",
    "publish",
    "resume",
    "save_search",
    "show_compared",
    "show_of_project",
    "tell_fits",
    "withdraw",
]
