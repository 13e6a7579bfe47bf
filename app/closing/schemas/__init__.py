"""What is shown of the book and sent about it?"""

from app.closing.schemas.agreement import AgreementOut
from app.closing.schemas.book import AccountPostingOut, StatementLineOut, TrialBalanceOut
from app.closing.schemas.closes import BookCloseOut, CloseIn
from app.closing.schemas.differences import AgreeIn, MoneyDifferenceOut, SettleIn, TakeOnIn
from app.closing.schemas.names import AccountNameIn, AccountNameOut, AccountNamesOut

__all__ = [
    "AccountNameIn", "AccountNameOut", "AccountNamesOut", "AccountPostingOut", "AgreeIn", "AgreementOut", "BookCloseOut",
    "CloseIn", "MoneyDifferenceOut", "SettleIn", "StatementLineOut", "TakeOnIn", "TrialBalanceOut",
]  # fmt: skip
