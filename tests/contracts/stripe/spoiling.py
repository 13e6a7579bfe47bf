"""In which ways can an answer be about another thing than was asked for? Each field of an object, said otherwise."""

from integrations.stripe import shapes
from tests.contracts.stripe.acts import WRITES, Act


def spoilt(act: Act) -> list[tuple[Act, str, object]]:
    """An honest answer to a write with one thing that is not what was asked for."""
    assert isinstance(act.answer, dict)
    others: dict[str, object] = {
        "object": "something_else",
        "metadata": {shapes.REFERENCE: "another"},
        "amount": act.answer.get("amount", 0) + 1,
        "amount_total": act.answer.get("amount_total", 0) + 1,
        "livemode": True,
        "customer": "cus_2",
        "destination": "acct_2",
        "transfer": "tr_2",
        "payment_intent": "pi_2",
        "payment_method_types": ["card", "customer_balance"],
        "transfer_group": "or_2",
        "country": "US",
    }
    if act.name in {"cancel", "expire"}:
        others |= {"id": "pi_2", "status": "succeeded"}
    if act.name == "evidence":
        others |= {"id": "du_2"}
    checked = {name: value for name, value in others.items() if name in act.answer and not _is_beside(act, name)}
    if "currency" in act.answer:
        checked |= {"currency": "JPY"}
    return [(act, name, value) for name, value in checked.items()]


def _is_beside(act: Act, name: str) -> bool:
    """What the answer to an act on a known thing, or on a page, says beside the point: it was not asked for."""
    if act.name in {"cancel", "expire", "evidence"}:
        return name not in {"object", "id", "status", "livemode"}
    return act.name == "session" and name == "payment_intent"


SPOILT = [one for act in WRITES for one in spoilt(act)]
