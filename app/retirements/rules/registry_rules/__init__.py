"""What does each registry ask of a retirement? Data with sources, which the operator corrects, and the rules' calendar."""

from app.retirements.rules.registry_rules.changes import (
    KEYS,
    SHIPPED,
    Change,
    read_value,
    rules_with,
    shipped_rules,
)
from app.retirements.rules.registry_rules.cut_off import carried_out_by, due_at, is_working_day, working_days_after
from app.retirements.rules.registry_rules.shape import (
    ConsumptionRule,
    CutOff,
    Datum,
    Field,
    Limit,
    Limits,
    Mode,
    NoticeLabels,
    PurposeRule,
    RegistryRules,
    UseWindow,
)

__all__ = [
    "KEYS",
    "SHIPPED",
    "Change",
    "ConsumptionRule",
    "CutOff",
    "Datum",
    "Field",
    "Limit",
    "Limits",
    "Mode",
    "NoticeLabels",
    "PurposeRule",
    "RegistryRules",
    "UseWindow",
    "carried_out_by",
    "due_at",
    "is_working_day",
    "read_value",
    "rules_with",
    "shipped_rules",
    "working_days_after",
]
