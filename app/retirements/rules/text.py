"""What exactly stands in the registry afterwards?"""

from dataclasses import dataclass

from app.retirements.rules.wish import Wish


@dataclass(frozen=True, slots=True)
class RegistryText:
    """The registry's fields, word for word: use (用途), purpose detail (目的詳細), credit user (クレジット利用者名)."""

    beneficiary_name: str
    purpose: str
    purpose_detail: str


def registry_text(wish: Wish, reference: str, *, purpose_word: str) -> RegistryText:
    """The text that is sent or typed. The wish was checked before; `purpose_word` is the registry's for its purpose.

    Our reference ends the purpose detail: a field that every registry has, so that its list can be reconciled with
    ours also where it has no field for a note.
    """
    return RegistryText(wish.beneficiary_name, purpose_word, f"{wish.purpose_detail} {reference}".strip())
