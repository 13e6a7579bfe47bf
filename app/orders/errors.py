"""What may a buyer be told about a quote or an order that cannot be?"""

from app.core.errors import Conflict, Forbidden, NotFound, Unprocessable


class OrderNotFound(NotFound):
    """No order of this organisation has this id."""

    code = "order_not_found"
    title_en = "No such order"
    title_ja = "注文が見つかりません"


class QuoteNotFound(NotFound):
    """No quote of this organisation has this id."""

    code = "quote_not_found"
    title_en = "No such quote"
    title_ja = "見積が見つかりません"


class QuoteUsed(Conflict):
    """A quote is used by one order only. Ask for a new quote."""

    code = "quote_used"
    title_en = "This quote was used already"
    title_ja = "この見積は使用済みです"


class QuoteExpired(Conflict):
    """The quote's prices are no longer locked. Ask for a new quote."""

    code = "quote_expired"
    title_en = "This quote has expired"
    title_ja = "見積の有効期限が切れています"


class ListingGone(Conflict):
    """One of the listings is paused, withdrawn, or never was. `errors` point at the lines."""

    code = "listing_gone"
    title_en = "A listing is no longer open"
    title_ja = "出品が終了しています"


class NotEnoughCredits(Conflict):
    """A listing has fewer credits free than the line asks for. `lines` say how many are left."""

    code = "not_enough_credits"
    title_en = "Not enough credits"
    title_ja = "クレジットが不足しています"


class UnpaidCapReached(Conflict):
    """The buyer has reserved as much as it may without paying. Pay or cancel an order first."""

    code = "unpaid_cap_reached"
    title_en = "Too much is reserved and not paid"
    title_ja = "未払いの引当が上限に達しています"


class NothingToRefund(Conflict):
    """Nothing of the order, or not as much, can be given back."""

    code = "nothing_to_refund"
    title_en = "This cannot be given back"
    title_ja = "返金できる対象がありません"


class RefundInvalid(Unprocessable):
    """The refund cannot be as it was written; `errors` point at the lines."""

    code = "invalid_refund"
    title_en = "The refund is not valid"
    title_ja = "返金の内容に誤りがあります"


class SubstitutionInvalid(Unprocessable):
    """The proposal cannot be as it was written; `errors` point at the lines."""

    code = "invalid_substitution"
    title_en = "The substitution is not valid"
    title_ja = "代替提案の内容に誤りがあります"


class SubstitutionNotFound(NotFound):
    """Nothing with this id was proposed for the order."""

    code = "substitution_not_found"
    title_en = "No such substitution"
    title_ja = "代替提案が見つかりません"


class PersonNeeded(Forbidden):
    """Somebody who has signed in answers for this, no API key."""

    code = "refund_needs_person"
    title_en = "A person must do this"
    title_ja = "担当者本人の操作が必要です"


class SecondPersonNeeded(Conflict):
    """Whoever proposed it does not confirm it."""

    code = "second_person_needed_for_refund"
    title_en = "A second person confirms this"
    title_ja = "別の担当者による承認が必要です"


class OrderInvalid(Unprocessable):
    """The order cannot be as it was written; `errors` point at the fields."""

    code = "invalid_order"
    title_en = "The order is not valid"
    title_ja = "注文の内容に誤りがあります"


class PriceChanged(Conflict):
    """A line costs something else than the price that was expected. `lines` hold the prices of now."""

    code = "price_changed"
    title_en = "A price has changed"
    title_ja = "価格が変更されています"


class NotEnoughOffered(Conflict):
    """What is offered by these criteria cannot be put together to the quantity; `available` can, `missing` cannot."""

    code = "not_enough_offered"
    title_en = "Not enough is offered"
    title_ja = "条件に合う出品が不足しています"


class BudgetTooSmall(Conflict):
    """The budget does not pay for the smallest order of what was asked for. `errors` point at it."""

    code = "budget_too_small"
    title_en = "The budget is too small"
    title_ja = "予算が最小注文に満たない金額です"
