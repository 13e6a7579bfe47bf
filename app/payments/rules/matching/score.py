"""Which of these payments does this one line pay?"""

from collections.abc import Sequence

from app.payments.rules.matching.facts import Candidate, LineFacts, Match
from app.payments.rules.matching.open_payments import OpenPayments, references_of


def match(line: LineFacts, candidates: Sequence[Candidate]) -> Match:
    """What the line pays, or what a person may choose from. Candidates may come in any order; each id counts once.

    - `by_reference`: the payer wrote the reference of one open payment, whatever the amount.
    - `by_virtual_account`: paid into the virtual account of one open payment, or of a payer with one of this amount.
    - `by_amount_and_name`: one open payment of this amount has a payer whose name is exactly known, or fits (`NAME_FITS`)
      and is clearly ahead of the next (`CLEARLY_AHEAD`).
    Only these are sure. For a person:
    - `ambiguous`: two or more are as good; `payments` lists them.
    - `several_orders`: payments of one payer together are exactly what came in, in one way only.
    - `amount_differs`: the name fits, and the line is less by `missing_minor`, which may be a bank's fee.
    - `name_differs`: one open payment has this amount, and its payer another name, or none that is known; or it only says
      itself that the name is its own (then the score is that of one name): whoever may say so may not take money by it.
    - `other_reference`: the line names a reference that none of these has: perhaps an order that is paid already, whose
      amount another shares. What amount and name would say is listed.
    - `nothing`: no amount and no name fits, or the line is no money in.
    """
    return OpenPayments(candidates).match(line, references_of(line.payer_name, line.memo))
