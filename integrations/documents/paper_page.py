"""How are a paper's facts written down for its template, and do they agree with each other?"""

from datetime import date

import msgspec

from integrations.documents.client import DocumentRefused
from integrations.documents.paper import PaperFacts, PaperLine

_REDUCED_BASIS_POINTS = 800
# Not strftime: these must not follow the machine's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def papered(facts: PaperFacts) -> dict[str, object]:
    """The paper as its template reads it: plain JSON, with numbers, rates and dates as they are written.

    Raises DocumentRefused when its sums do not agree: a wrong paper cannot be called back.
    """
    _must_agree(facts)
    page: dict[str, object] = msgspec.to_builtins(facts)
    for name in ("issued_on", "supplied_from", "supplied_through", "due_on", "valid_through"):
        page[name] = _written(getattr(facts, name))
    if facts.returned is not None:
        page["returned"] = msgspec.to_builtins(facts.returned) | {
            "returned_on": _written(facts.returned.returned_on),
            "original_issued_on": _written(facts.returned.original_issued_on),
        }
    if facts.paid is not None:
        page["paid"] = msgspec.to_builtins(facts.paid) | {"paid_on": _written(facts.paid.paid_on)}
    if facts.corrected is not None:
        page["corrected"] = {"number": facts.corrected.number, "issued_on": _written(facts.corrected.issued_on)}
    page["lines"] = [_line(n, line) for n, line in enumerate(facts.lines, start=1)]
    page["dated"] = any(line.supplied_on is not None for line in facts.lines)
    page["several_sellers"] = len({line.seller_name for line in facts.lines}) > 1
    page["several_orders"] = len({line.order_number for line in facts.lines}) > 1
    page["reduced"] = any(line.tax_basis_points == _REDUCED_BASIS_POINTS for line in facts.lines)
    page["totals"] = [
        _sums(total.goods_minor, total.tax_minor, total.tax_basis_points) | {"seller": total.seller_name}
        for total in facts.totals
    ]
    page["sold"] = _sums(
        sum(each.goods_minor for each in facts.totals), sum(each.tax_minor for each in facts.totals), 0
    )
    if (charged := facts.commission) is not None:
        sums = _sums(charged.goods_minor, charged.tax_minor, charged.tax_basis_points)
        page["commission"] = sums | {"name_ja": charged.name_ja, "name_en": charged.name_en}
    page["adjustment"] = f"{facts.adjustment_minor:,}" if facts.adjustment_minor else ""
    page["amount"] = f"¥{facts.total_minor:,}"
    return page


def _must_agree(facts: PaperFacts) -> None:
    if not facts.lines:
        raise DocumentRefused(f"{facts.kind} {facts.number}: there is no line")
    by_line: dict[tuple[str, int], int] = {}
    for line in facts.lines:
        group = line.seller_name, line.tax_basis_points
        by_line[group] = by_line.get(group, 0) + line.goods_minor
    by_total: dict[tuple[str, int], int] = {}
    for each in facts.totals:
        group = each.seller_name, each.tax_basis_points
        by_total[group] = by_total.get(group, 0) + each.goods_minor
    if by_line != by_total:
        raise DocumentRefused(f"{facts.kind} {facts.number}: the totals are not the sums of the lines")
    total = sum(each.goods_minor + each.tax_minor for each in facts.totals)
    if facts.commission is not None:
        total -= facts.commission.goods_minor + facts.commission.tax_minor
    total += facts.adjustment_minor
    if facts.total_minor != total:
        raise DocumentRefused(f"{facts.kind} {facts.number}: the amount is not the sum of the totals")


def _line(n: int, line: PaperLine) -> dict[str, object]:
    day = line.supplied_on
    return {
        "n": str(n),
        "name": line.name,
        "reduced": line.tax_basis_points == _REDUCED_BASIS_POINTS,
        "more": [each for each in (line.project_number, line.methodology, line.vintage) if each],
        "serials": line.serials,
        "order": line.order_number,
        "seller": line.seller_name,
        "supplied": "" if day is None else f"{day.year}/{day.month:02}/{day.day:02}",
        "quantity": f"{line.quantity:,}",
        "unit": line.unit,
        "price": f"{line.price_minor:,}",
        "per": "" if line.price_per == 1 else f"{line.price_per:,} {line.unit}",
        "rate": _rate(line.tax_basis_points),
        "goods": f"{line.goods_minor:,}",
    }


def _sums(goods: int, tax: int, basis_points: int) -> dict[str, str]:
    return {"goods": f"{goods:,}", "tax": f"{tax:,}", "total": f"{goods + tax:,}", "rate": _rate(basis_points)}


def _rate(basis_points: int) -> str:
    """1000 is 10%, 625 is 6.25%."""
    whole, part = divmod(basis_points, 100)
    return f"{whole}.{part:02}%" if part else f"{whole}%"


def _written(day: date | None) -> dict[str, str] | None:
    if day is None:
        return None
    return {"ja": f"{day.year}年{day.month}月{day.day}日", "en": f"{day.day} {_MONTHS[day.month - 1]} {day.year}"}
