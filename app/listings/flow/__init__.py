"""What happens to a listing when nobody is there: its time comes and goes, its lot is taken away, it is news to some."""

from app.listings.flow.again import show_again
from app.listings.flow.matching import match_searches
from app.listings.flow.schedule import close_ended, open_scheduled
from app.listings.flow.stock import lot_withdrawn

__all__ = ["close_ended", "lot_withdrawn", "match_searches", "open_scheduled", "show_again"]
