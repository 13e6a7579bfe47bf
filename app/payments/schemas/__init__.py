"""What do buyers and the desk send and see of payments?"""

from app.payments.schemas.accounts import DeskAccountsIn, DeskAccountsOut, VirtualAccountsIn, VirtualAccountsOut
from app.payments.schemas.bank import BankLineOut, BankStatementOut, LineMoneyOut, ResolutionIn

__all__ = [
    "BankLineOut",
    "BankStatementOut",
    "DeskAccountsIn",
    "DeskAccountsOut",
    "LineMoneyOut",
    "ResolutionIn",
    "VirtualAccountsIn",
    "VirtualAccountsOut",
]
