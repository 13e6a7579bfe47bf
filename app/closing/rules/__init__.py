"""How does the book close? Decisions: values in, values out."""

from app.closing.rules.words import DifferenceAction, DifferenceKind, Settled, Side

__all__ = ["DifferenceAction", "DifferenceKind", "Settled", "Side"]
