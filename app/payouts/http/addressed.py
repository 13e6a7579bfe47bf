"""Who may come through the doors of payouts, and what do their addresses name?"""

from typing import Final
from uuid import UUID

from app.core.errors import Forbidden
from app.core.http.files import id_in
from app.core.scope import Scope
from app.identity.errors import OrganisationNotFound
from app.payments.errors import LineNotFound, RefundNotFound
from app.payouts.errors import PayoutFileNotFound, PayoutNotFound, ProviderNotFound

PROVIDER_TAGS: Final = ["Provider's payouts"]
OPERATOR_TAGS: Final = ["Operator"]


def needs_provider(caller: Scope, right: str) -> None:
    """Refuse everybody but a provider, for whom there is something to be paid. Raises Forbidden (403)."""
    caller.needs(right)
    if caller.org_kind != "provider":
        raise Forbidden("Only a provider has earnings.")


def needs_payee(caller: Scope, right: str) -> None:
    """Refuse everybody but those whom the desk sends money to: providers, and buyers for their refunds. Raises Forbidden."""
    caller.needs(right)
    if caller.org_kind not in ("provider", "buyer"):
        raise Forbidden("Only a provider or a buyer is paid by the desk.")


def payout_id_in(text: str) -> UUID:
    """Raises PayoutNotFound (404)."""
    return id_in("pyo", text, PayoutNotFound)


def file_id_in(text: str) -> UUID:
    """Raises PayoutFileNotFound (404)."""
    return id_in("pfl", text, PayoutFileNotFound)


def line_id_in(text: str) -> UUID:
    """Raises LineNotFound (404)."""
    return id_in("bnk", text, LineNotFound)


def provider_id_in(text: str) -> UUID:
    """Raises ProviderNotFound (404)."""
    return id_in("org", text, ProviderNotFound)


def refund_id_in(text: str) -> UUID:
    """Raises RefundNotFound (404)."""
    return id_in("rfd", text, RefundNotFound)


def payee_id_in(text: str) -> UUID:
    """Raises OrganisationNotFound (404)."""
    return id_in("org", text, OrganisationNotFound)
