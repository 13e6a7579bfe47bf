"""What do buyers and the desk send and see of payments?"""

from app.payments.schemas.attempts import AttemptIn, AttemptOut, PayerIn
from app.payments.schemas.bank import BankLineOut, BankStatementOut, LineMoneyOut, ResolutionIn

__all__ = ["AttemptIn", "AttemptOut", "BankLineOut", "BankStatementOut", "LineMoneyOut", "PayerIn", "ResolutionIn"]
