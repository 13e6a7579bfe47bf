"""What is shown and sent of what an accountant calls our accounts?"""

from typing import Annotated

import msgspec

from app.closing.rules import BookName

NAME_MAX = 40


class AccountNameIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a kind of account is called in the operator's bookkeeping. `code` may be empty."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX)]
    tax_class: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX)]
    code: Annotated[str, msgspec.Meta(max_length=20)] = ""


class AccountNameOut(msgspec.Struct, frozen=True):
    """A kind of account and its name. `version` 0: as it is generally called, nobody has named it here."""

    kind: str
    name: str
    code: str
    tax_class: str
    version: int

    @classmethod
    def of(cls, kind: str, name: BookName, version: int) -> "AccountNameOut":
        """Shape a name."""
        return cls(kind, name.name, name.code, name.tax_class, version)


class AccountNamesOut(msgspec.Struct, frozen=True):
    """Every kind of account that the book has."""

    data: list[AccountNameOut]
