"""In which kinds of values does Stripe write? One of another kind cannot be read.

After Stripe's OpenAPI document of API_VERSION (github.com/stripe/openapi), as all in this package: fields that we do not
look at are passed over. A number with a decimal point is no amount, even when it is whole.
"""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=255)]
Minor: TypeAlias = Annotated[int, Meta(ge=0, lt=10**15)]
SignedMinor: TypeAlias = Annotated[int, Meta(gt=-(10**15), lt=10**15)]
Currency: TypeAlias = Annotated[str, Meta(pattern=r"\A[a-z]{3}\Z")]
"""In small letters (docs.stripe.com/currencies): one in capitals was not written by Stripe."""
Moment: TypeAlias = Annotated[int, Meta(ge=0, lt=253_402_300_800)]
"""Seconds since 1970, up to the end of the year 9999."""
Page: TypeAlias = Annotated[str, Meta(pattern=r"\Ahttps?://")]
Metadata: TypeAlias = dict[str, str]


class Ref(msgspec.Struct, frozen=True):
    """An object that was expanded in place of its id."""

    id: Id


Expandable: TypeAlias = Id | Ref | None
"""What may come as an id or as the object itself."""
