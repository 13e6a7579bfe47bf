"""What do buyers and the desk send and see of payments?"""

from app.payments.schemas.accounts import DeskAccountsIn, DeskAccountsOut, VirtualAccountsIn, VirtualAccountsOut
from app.payments.schemas.bank import BankLineOut, BankStatementOut, LineMoneyOut, ResolutionIn
from app.payments.schemas.payer_names import PayerNameIn, PayerNameOut

__all__ = [
    "BankLineOut",
    "BankStatementOut",
    "DeskAccountsIn",
    "DeskAccountsOut",
    "LineMoneyOut",
    "PayerNameIn",
    "PayerNameOut",
    "ResolutionIn",
    "VirtualAccountsIn",
    "VirtualAccountsOut",
]
