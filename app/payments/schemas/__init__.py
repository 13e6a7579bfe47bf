"""What do buyers and the desk send and see of payments?"""

from app.payments.schemas.bank import BankLineOut, BankStatementOut, LineMoneyOut, ResolutionIn

__all__ = ["BankLineOut", "BankStatementOut", "LineMoneyOut", "ResolutionIn"]
