"""How is a listing changed, and what does the public see of it?"""

from app.listings.operations.publishing import change, close_for_lot, locked, pause, publish, resume, withdraw
from app.listings.operations.showing import show_of_project

__all__ = ["change", "close_for_lot", "locked", "pause", "publish", "resume", "show_of_project", "withdraw"]
