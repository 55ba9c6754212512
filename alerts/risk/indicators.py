"""Indicators of fund risk: pure functions of monthly sums, the budget and a day.

Item 8 of the reform plan asks that fund operation be monitored monthly, analysed quarterly and
assessed half-yearly: each indicator of spending is told for the month, the quarter and the half
year that a day lies in, from their beginning to that day. What a view is compared with is cut at
the same number of days, so that a half month is not held against a whole one; a month that is cut
counts by its share of days. `docs/risk.md` has the formulas.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from msgspec import Struct

from alerts.risk.budget import ACCOUNT, POOLING, Budget
from alerts.risk.thresholds import Level, Threshold
from events.money import yuan
from events.times import date_of, day_number

View = Literal["month", "quarter", "half", "year"]
VIEWS: Final[Mapping[View, int]] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
"""Length of each view in months."""
ACCOUNT_FUND: Final = "310200"
_TOP: Final = 5
_PLACES: Final = Decimal("0.0001")


class Indicator(Struct, frozen=True):
    """One value: of an area and fund, over a view; `level` by the thresholds, green without.

    `value` is a ratio or a number of months as `name` says, with four decimals. `basis` tells the
    numbers it was made of, in yuan.
    """

    area: str
    fund: str
    view: View
    name: str
    value: Decimal
    level: Level
    basis: str


class Spending(Struct, frozen=True):
    """What was spent, fen.

    `days` is by day number, insured area and fund; `institutions` what the funds paid by month,
    insured area and institution; `at_risk` the money in breach in open alerts by insured area.
    `since` is the day number from which all events are known.
    """

    days: Mapping[tuple[int, str, str], int]
    institutions: Mapping[tuple[str, str, str], int]
    since: int
    at_risk: Mapping[str, int] = {}


def indicators(
    spending: Spending, budget: Budget, on: date, thresholds: Mapping[str, Threshold]
) -> list[Indicator]:
    """All indicators as of the end of a day, by area, fund, view and name.

    An indicator whose data are not there (no budget, no balance, nothing known of the time it is
    compared with) is left out rather than guessed.
    """
    found: list[Indicator] = []
    areas = sorted({_home(area, budget) for _, area, _ in spending.days} | {*budget.areas()})
    sums = _Sums(spending, budget)
    for area in areas:
        for fund in sorted({POOLING, ACCOUNT, *budget.funds(area)}):
            for view in VIEWS:
                facts = _spent(sums, budget, area, fund, view, on)
                facts += _grown(sums, area, fund, view, on)
                found += _told(area, fund, view, facts, thresholds)
        for view in VIEWS:
            facts = _concentrated(sums, area, view, on)
            found += _told(area, POOLING, view, facts, thresholds)
    return found


_Fact = tuple[str, Decimal, str]
"""Name, value, basis."""


class _Sums:
    """Spending by the areas of the budget, and sums over spans of days."""

    def __init__(self, spending: Spending, budget: Budget) -> None:
        self.since = spending.since
        self._days: defaultdict[tuple[str, str], defaultdict[int, int]] = defaultdict(_ints)
        for (day, area, fund), amount in spending.days.items():
            home = _home(area, budget)
            kind = ACCOUNT if fund == ACCOUNT_FUND else POOLING
            for name in {fund, kind}:
                self._days[home, name][day] += amount
        self._places: defaultdict[tuple[str, str], defaultdict[str, int]] = defaultdict(_texts)
        for (month, area, institution), amount in spending.institutions.items():
            self._places[_home(area, budget), month][institution] += amount
        self.at_risk: defaultdict[str, int] = defaultdict(int)
        for area, amount in spending.at_risk.items():
            self.at_risk[_home(area, budget)] += amount

    def spent(self, area: str, fund: str, first: date, last: date) -> int:
        """What was spent from one day to another, both included."""
        begin, end = day_number(first), day_number(last)
        days: Mapping[int, int] = self._days.get((area, fund), {})
        return sum(amount for day, amount in days.items() if begin <= day <= end)

    def known(self, first: date) -> bool:
        """Whether all events from a day on are known."""
        return self.since <= day_number(first)

    def institutions(self, area: str, months: Iterable[str]) -> dict[str, int]:
        """What institutions were paid in some months, those with more than nothing."""
        paid: defaultdict[str, int] = defaultdict(int)
        for month in months:
            for institution, amount in self._places.get((area, month), {}).items():
                paid[institution] += amount
        return {institution: amount for institution, amount in paid.items() if amount > 0}


def _ints() -> defaultdict[int, int]:
    return defaultdict(int)


def _texts() -> defaultdict[str, int]:
    return defaultdict(int)


def _spent(sums: _Sums, budget: Budget, area: str, fund: str, view: View, on: date) -> list[_Fact]:
    """Against the budget and the balance."""
    first = began(view, on)
    spent = sums.spent(area, fund, first, on)
    facts: list[_Fact] = []
    # What was spent before anything was archived is not known, so its budget does not count.
    allowed = _allowed(budget, area, fund, max(first, date_of(sums.since)), on)
    if allowed:
        basis = f"支出 spent {_yuan(spent)}；预算 budget {_yuan(allowed)}"
        facts.append(("run_rate", _ratio(spent, allowed), basis))
    if view != "year":
        return facts
    year_end = date(on.year, 12, 31)
    whole = _allowed(budget, area, fund, first, year_end)
    elapsed = (on - first).days + 1
    length = (year_end - first).days + 1
    if whole and sums.known(first):
        projected = spent * length // elapsed
        basis = f"推算全年 projected {_yuan(projected)}；全年预算 budget {_yuan(whole)}"
        facts.append(("projection", _ratio(projected, whole), basis))
        if spent > 0:
            left = Decimal(12 * (length - elapsed)) / length
            lasts = Decimal((whole - spent) * elapsed * 12) / (spent * length)
            basis = f"余额 left {_yuan(whole - spent)}；可支付月数 lasts {lasts:.2f}"
            facts.append(("months_of_budget", _rounded(lasts - left), basis))
    held = _held(sums, budget, area, fund, on)
    if held is not None and spent > 0 and sums.known(first):
        monthly = Decimal(spent * length) / (elapsed * 12)
        basis = f"累计结余 balance {_yuan(held)}；月均支出 a month {_yuan(int(monthly))}"
        facts.append(("months_of_surplus", _rounded(Decimal(held) / monthly), basis))
    return facts


def _grown(sums: _Sums, area: str, fund: str, view: View, on: date) -> list[_Fact]:
    """Against the same view a year before, and the view before."""
    first = began(view, on)
    spent = sums.spent(area, fund, first, on)
    facts: list[_Fact] = []
    compared: list[tuple[str, date]] = [("growth_year", months_on(first, -12))]
    if view != "year":
        compared.append(("growth_previous", months_on(first, -VIEWS[view])))
    for name, then in compared:
        if not sums.known(then):
            continue
        until = _as_far(then, first, on, view)
        before = sums.spent(area, fund, then, until)
        if before > 0:
            basis = f"本期 now {_yuan(spent)}；{then.isoformat()}起 then {_yuan(before)}"
            facts.append((name, _ratio(spent - before, before), basis))
    return facts


def _concentrated(sums: _Sums, area: str, view: View, on: date) -> list[_Fact]:
    """How much of the funds' payments few institutions have, and how much is in doubt."""
    first = began(view, on)
    months = {months_on(first, n).isoformat()[:7] for n in range(VIEWS[view])}
    paid = sums.institutions(area, sorted(months))
    total = sum(paid.values())
    if not total:
        return []
    largest = sorted(paid.values(), reverse=True)
    top = sum(largest[:_TOP])
    squares = sum(amount * amount for amount in largest)
    basis = f"{len(largest)}家 institutions；前{_TOP}家 top {_yuan(top)}；合计 all {_yuan(total)}"
    facts: list[_Fact] = [
        ("top_five_share", _ratio(top, total), basis),
        ("hhi", _rounded(Decimal(squares) / (total * total)), basis),
    ]
    if view == "year":
        risk = sums.at_risk.get(area, 0)
        basis = f"未核实预警涉及 in open alerts {_yuan(risk)}；基金支出 paid {_yuan(total)}"
        facts.append(("at_risk_share", _ratio(risk, total), basis))
    return facts


def _told(
    area: str, fund: str, view: View, facts: list[_Fact], thresholds: Mapping[str, Threshold]
) -> list[Indicator]:
    return [
        Indicator(
            area,
            fund,
            view,
            name,
            value,
            thresholds[name].level(value) if name in thresholds else "green",
            basis,
        )
        for name, value, basis in facts
    ]


def _home(area: str, budget: Budget) -> str:
    """The budget's area that an insured area belongs to, the nearest; else its city."""
    for length in (6, 4, 2):
        known = area[:length].ljust(6, "0")
        if known in budget.areas():
            return known
    return area[:4].ljust(6, "0") if area else ""


def _allowed(budget: Budget, area: str, fund: str, first: date, last: date) -> int:
    """The budget of a span of days; a month that is cut counts by its share of days.

    `pooling` and `account`, where the budget has no such rows, are the sum of its funds' codes.
    """
    funds = [fund]
    if fund in {POOLING, ACCOUNT} and fund not in budget.funds(area):
        funds = [
            name
            for name in budget.funds(area)
            if (name == ACCOUNT_FUND) == (fund == ACCOUNT) and name not in {POOLING, ACCOUNT}
        ]
    total = 0
    month = first.replace(day=1)
    while month <= last:
        days = monthrange(month.year, month.month)[1]
        begin, end = max(first, month), min(last, month.replace(day=days))
        amount = sum(budget.amounts.get((area, month.isoformat()[:7], name), 0) for name in funds)
        total += amount * ((end - begin).days + 1) // days
        month = months_on(month, 1)
    return total


def _held(sums: _Sums, budget: Budget, area: str, fund: str, on: date) -> int | None:
    """What the fund holds after a day: the last known opening, income since, spending since."""
    month = on.isoformat()[:7]
    known = sorted(
        (when, balance)
        for (where, when, what), balance in budget.balances.items()
        if where == area and what == fund and when <= month
    )
    if not known:
        return None
    when, balance = known[-1]
    first = date.fromisoformat(f"{when}-01")
    days = monthrange(first.year, first.month)[1]
    came = balance.income * min((on - first).days + 1, days) // days
    return balance.opening + came - sums.spent(area, fund, first, on)


def began(view: View, on: date) -> date:
    """The first day of the view that a day lies in."""
    length = VIEWS[view]
    return date(on.year, (on.month - 1) // length * length + 1, 1)


def months_on(first: date, number: int) -> date:
    """The first day of the month so many months after, or before if negative."""
    count = first.year * 12 + first.month - 1 + number
    return date(count // 12, count % 12 + 1, 1)


def _as_far(then: date, first: date, on: date, view: View) -> date:
    """The day as far into another view as `on` is into the one that began on `first`."""
    length = VIEWS[view]
    if on + timedelta(days=1) == months_on(first, length):
        return months_on(then, length) - timedelta(days=1)
    return min(then + (on - first), months_on(then, length) - timedelta(days=1))


def _ratio(part: int, whole: int) -> Decimal:
    return _rounded(Decimal(part) / whole)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_PLACES)


def _yuan(amount: int) -> str:
    return f"{yuan(amount):,}"
