"""Adds up a period's events: one pass, sums of fen, in memory that grows with places, not events.

Money of the funds is told apart from account money also where a province counts the latter inside
`fund_pay_sumamt`: as the settlement's own amounts show, else as the policy says
(`amounts.fund_sum_includes_account`). A reversal counts in the period in
which it happened, under the scheme of its settlement where that lies in the same period.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from alerts.exports.slim import Claimed, Credited, PaidOut, Premium, Reversed, Settled, Slim
from events.codes import scheme_of
from events.times import day_of, month_of
from rules.histories.fund_sums import account_in
from rules.histories.records import ACCOUNT_INSIDE
from rules.packs import Policy
from rules.pool import counts_inside
from rules.reference import Reference

EARLIER: Final = "earlier"
"""The scheme of reversals whose settlement lies before the period or never came."""
ACCOUNT_FUND: Final = "310200"
POOL_FUND: Final = "310100"
_SCHEMES: Final = 4096
_ONES: Final[dict[tuple[str, str, bool], tuple[str, str, bool]]] = {}
"""Scheme and fund of settlements and whether the account is in the sum, each kept once."""


class Sums:
    """What settlements and their reversals come to, fen; `*_back` is what went back."""

    __slots__ = (
        "account",
        "account_back",
        "cash",
        "cash_back",
        "deductible",
        "fee",
        "fund",
        "fund_back",
        "in_scope",
        "pool",
        "reversals",
        "settlements",
        "shared",
        "shared_back",
    )

    def __init__(self) -> None:
        self.settlements = self.fee = self.in_scope = self.deductible = 0
        self.fund = self.pool = self.account = self.shared = self.cash = 0
        self.reversals = self.fund_back = self.account_back = 0
        self.shared_back = self.cash_back = 0

    def add(self, other: "Sums") -> None:
        """Take up other sums."""
        for name in Sums.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def fund_net(self) -> int:
        """What the funds paid in the end."""
        return self.fund - self.fund_back

    @property
    def account_net(self) -> int:
        """What accounts paid in the end."""
        return self.account - self.account_back


class Cell(NamedTuple):
    """Where settlements are added up: month (`YYYY-MM`), institution, insured area, scheme."""

    month: str
    institution: str
    area: str
    scheme: str


class Flow(NamedTuple):
    """A movement of account money: month, insured area, `income` or `spending`, and what for."""

    month: str
    area: str
    direction: str
    item: str


class Paid(NamedTuple):
    """Premiums paid from accounts: month, area of the owner, product, relation of the insured."""

    month: str
    area: str
    product: str
    relation: str


class Group(NamedTuple):
    """Cells of what is disclosed: insured area (city), level and kind of institution, scheme."""

    area: str
    level: str
    kind: str
    scheme: str


class Tally:
    """The sums of a period; `take` every event once, then `finish`, then read.

    Events may come in any order: reversals wait until all settlements are known.
    """

    def __init__(self, policy: Policy, reference: Reference) -> None:
        self._policy = policy
        self._institutions = reference.institutions
        self._persons: dict[str, int] = {}
        self._settled_as: dict[str, tuple[str, str, bool]] = {}
        self._reversals: list[Reversed] = []
        self.events = 0
        self.cells: defaultdict[Cell, Sums] = defaultdict(Sums)
        self.days: defaultdict[int, Sums] = defaultdict(Sums)
        self.flows: defaultdict[Flow, list[int]] = defaultdict(_pair)
        self.premiums: defaultdict[Paid, list[int]] = defaultdict(_pair)
        self.claims: defaultdict[Cell, list[int]] = defaultdict(_three)
        self.funds: defaultdict[tuple[int, str, str], int] = defaultdict(int)
        """Fen by day number, insured area and fund (`fund_pay_type`), reversals taken off."""
        self.groups: defaultdict[Group, Sums] = defaultdict(Sums)
        self.people: defaultdict[Group, set[int]] = defaultdict(set)
        self.charges: defaultdict[tuple[str, str], int] = defaultdict(int)
        """Fen by insured area (city) and kind of charge."""
        self.charged: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self.insured: set[int] = set()

    def take(self, events: Iterable[Slim]) -> None:
        """Add events, each of which lies in the period and comes once."""
        for event in events:
            self.events += 1
            time = event.time
            match event:
                case Settled():
                    self._settled(event, time)
                case Reversed():
                    self._reversals.append(event)
                case Credited():
                    self._flow(event, time, "income", event.credit_kind or "other")
                case PaidOut():
                    self._flow(event, time, "spending", f"payout.{event.payout_reason or 'other'}")
                case Premium():
                    self._flow(event, time, "spending", f"premium.{event.product or 'other'}")
                    key = Paid(
                        month_of(time),
                        event.insuplc_admdvs,
                        event.product or "other",
                        event.rlts or "other",
                    )
                    _more(self.premiums[key], event.amt)
                case Claimed():
                    self._claimed(event, time)

    def finish(self, before: "Tally | None" = None) -> None:
        """Add the reversals; `before` are sums in which their settlements may also be."""
        for event in self._reversals:
            self._reversed(event, event.time, before)
        self._reversals.clear()

    def _known(self, event: Reversed) -> tuple[str, str, bool] | None:
        """Scheme and fund of the settlement that a reversal takes back, and how it was summed."""
        known = self._settled_as
        return known.get(event.init_setl_id) or known.get(event.setl_id)

    @property
    def persons(self) -> int:
        """People with a settlement."""
        return len(self.insured)

    def _settled(self, event: Settled, time: int) -> None:
        area, inst = event.insuplc_admdvs, event.fixmedins_code
        month, day = month_of(time), day_of(time)
        scheme = _scheme(event.med_type, area)
        account = max(event.acct_pay, event.acct_mulaid_pay)
        inside = self._holds_account(event, account, day)
        fund = event.fund_pay_sumamt - (account if inside else 0)
        known = self._institutions.get(inst)
        level = (known.level if known is not None else "") or event.hosp_lv
        kind = (known.kind if known is not None else "") or event.fixmedins_type
        city = city_of(area)
        group = Group(city, level, kind, scheme)
        for sums in (
            self.cells[Cell(month, inst, area, scheme)],
            self.days[day],
            self.groups[group],
        ):
            sums.settlements += 1
            sums.fee += event.medfee_sumamt
            sums.in_scope += event.inscp_scp_amt
            sums.deductible += event.act_pay_dedc
            sums.fund += fund
            sums.pool += event.hifp_pay
            sums.account += account
            sums.shared += event.acct_mulaid_pay
            sums.cash += event.psn_cash_pay
        person = self._persons.setdefault(event.psn_no, len(self._persons))
        self.insured.add(person)
        self.people[group].add(person)
        pool = self._by_fund(event, day, area, fund, account)
        told = (scheme, pool, inside)
        self._settled_as[event.setl_id] = _ONES.setdefault(told, told)
        for line in event.feedetail:
            charge = (city, line.med_chrgitm_type)
            self.charges[charge] += line.det_item_fee_sumamt
            self.charged[charge].add(person)
        if account:
            if event.acct_mulaid_pay:
                self._account(month, area, "care.family", event.acct_mulaid_pay)
            if account > event.acct_mulaid_pay:
                self._account(month, area, "care.own", account - event.acct_mulaid_pay)

    def _by_fund(self, event: Settled, day: int, area: str, fund: int, account: int) -> str:
        """Spending by fund: as the settlement's own parts say, else pool and account.

        Returns the fund that a reversal gives back to.
        """
        if account:
            self.funds[day, area, ACCOUNT_FUND] += account
        main = POOL_FUND
        for part in event.setldetail:
            if part.fund_pay_type != ACCOUNT_FUND and part.fund_payamt:
                main = part.fund_pay_type
                break
        told = 0
        for part in event.setldetail:
            if part.fund_pay_type != ACCOUNT_FUND:
                self.funds[day, area, part.fund_pay_type] += part.fund_payamt
                told += part.fund_payamt
        if fund != told:
            # Parts that are missing, or do not sum up: the total counts.
            self.funds[day, area, main] += fund - told
        return main

    def _reversed(self, event: Reversed, time: int, before: "Tally | None") -> None:
        area, inst = event.insuplc_admdvs, event.fixmedins_code
        month, day = month_of(time), day_of(time)
        found = self._known(event)
        if found is None:
            # The fund gets its money back all the same.
            earlier = before._known(event) if before is not None else None
            inside = counts_inside(self._policy, area, area, day)
            known = earlier if earlier is not None else ("", POOL_FUND, inside)
            found = (EARLIER, known[1], known[2])
        scheme, pool, inside = found
        account = max(event.acct_pay, event.acct_mulaid_pay)
        fund = event.fund_pay_sumamt - (account if inside else 0)
        for sums in (self.cells[Cell(month, inst, area, scheme)], self.days[day]):
            sums.reversals += 1
            sums.fund_back += fund
            sums.account_back += account
            sums.shared_back += event.acct_mulaid_pay
            sums.cash_back += event.psn_cash_pay
        if fund:
            self.funds[day, area, pool] -= fund
        if account:
            self.funds[day, area, ACCOUNT_FUND] -= account
            _more(self.flows[Flow(month, area, "income", "refund")], account)

    def _claimed(self, event: Claimed, time: int) -> None:
        month, area = month_of(time), event.insuplc_admdvs
        sums = self.claims[Cell(month, "", area, _scheme(event.med_type, area))]
        sums[0] += 1
        sums[1] += event.medfee_sumamt
        sums[2] += event.fund_pay_sumamt
        self.funds[day_of(time), area, POOL_FUND] += event.fund_pay_sumamt

    def _flow(
        self, event: Credited | PaidOut | Premium, time: int, direction: str, item: str
    ) -> None:
        flow = Flow(month_of(time), event.insuplc_admdvs, direction, item)
        _more(self.flows[flow], event.amt)

    def _account(self, month: str, area: str, item: str, amount: int) -> None:
        _more(self.flows[Flow(month, area, "spending", item)], amount)

    def _holds_account(self, event: Settled, account: int, day: int) -> bool:
        """Whether the sum of a settlement's funds holds account money."""
        if not account:
            return False
        detail = [one for one in event.setldetail if one.fund_pay_type != ACCOUNT_FUND]
        shown = account_in(
            event.medfee_sumamt,
            event.fund_pay_sumamt,
            account,
            event.psn_cash_pay,
            0,
            event.hifp_pay,
            sum(one.fund_payamt for one in detail),
        )
        area = event.insuplc_admdvs
        return shown == ACCOUNT_INSIDE or (
            not shown and counts_inside(self._policy, area, area, day)
        )


def _pair() -> list[int]:
    return [0, 0]


def _three() -> list[int]:
    return [0, 0, 0]


def _more(sums: list[int], amount: int) -> None:
    sums[0] += 1
    sums[1] += amount


_scheme = lru_cache(_SCHEMES)(scheme_of)


def city_of(area: str) -> str:
    """The pooling area of an insured area: its city, `640104` is of `640100`."""
    return area[:4] + "00" if len(area) >= 4 else area


def rolled_up(cells: Mapping[Cell, Sums], *names: str) -> dict[tuple[str, ...], Sums]:
    """Cells added up by some of their dimensions, in order."""
    found: defaultdict[tuple[str, ...], Sums] = defaultdict(Sums)
    for cell, sums in cells.items():
        found[tuple(getattr(cell, name) for name in names)].add(sums)
    return {key: found[key] for key in sorted(found)}
