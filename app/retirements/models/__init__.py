"""Retirements, tasks, agreements and cases as they are stored."""

from app.retirements.models.agreements import HolderConsent, RegistryRule, RetirementMandate
from app.retirements.models.cases import RetirementCase
from app.retirements.models.retirements import Retirement, RetirementAttempt
from app.retirements.models.tasks import DUE, UNFINISHED, NoticeReading, RegistryTask

__all__ = [
    "DUE",
    "UNFINISHED",
    "HolderConsent",
    "NoticeReading",
    "RegistryRule",
    "RegistryTask",
    "Retirement",
    "RetirementAttempt",
    "RetirementCase",
    "RetirementMandate",
]
