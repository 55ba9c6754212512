"""Tables that are made of the sums of events: institutions, schemes, accounts, settlement, public.

One module, because all of them are views of the same cells and are checked against each other.
"""

from collections import defaultdict
from typing import Final

from alerts.exports.bookkeeping import book
from alerts.exports.disclosure import LEAST, suppressed
from alerts.exports.tables import Row, Table, columns
from alerts.exports.tally import Cell, Group, Sums, Tally, rolled_up
from alerts.exports.words import DIRECTIONS, ITEMS, PRODUCTS, SCHEMES, told
from events.codes import name_of
from events.times import date_of
from rules.reference import Reference

_SUMS: Final = (
    "settlements|结算笔数|settlements|count",
    "medfee|医疗费总额|total cost|money",
    "in_scope|政策范围内费用|cost in policy scope|money",
    "fund_paid|基金支付|paid by funds|money",
    "account_paid|个人账户支付|paid from accounts|money",
    "account_shared|其中家庭共济|of it for family members|money",
    "cash_paid|个人现金支付|paid in cash|money",
    "reversals|退费笔数|reversals|count",
    "fund_back|基金退回|returned to funds|money",
    "account_back|个人账户退回|returned to accounts|money",
    "fund_net|基金净支付|net of funds|money",
    "account_net|个人账户净支付|net of accounts|money",
)
MERGED: Final = "合并 merged"
_NOTE: Final = (
    "期初前结算的退费列为“原结算在期前” / reversals of settlements before the period stand apart"
)


def _cells(sums: Sums) -> Row:
    return (
        sums.settlements,
        sums.fee,
        sums.in_scope,
        sums.fund,
        sums.account,
        sums.shared,
        sums.cash,
        sums.reversals,
        sums.fund_back,
        sums.account_back,
        sums.fund_net,
        sums.account_net,
    )


def daily(tally: Tally) -> Table:
    """A row a day with settlements or reversals."""
    return Table(
        "daily",
        "按日",
        "By day",
        columns("date|日期|date|date", *_SUMS),
        [(date_of(day), *_cells(tally.days[day])) for day in sorted(tally.days)],
        clauses=("SC-16a", "NXC-8b"),
    )


def institutions(tally: Tally, reference: Reference) -> Table:
    """A row an institution, those that the funds paid most first."""
    summed = rolled_up(tally.cells, "institution")
    rows = [
        (*institution_told(code, reference), *_cells(sums))
        for (code,), sums in sorted(summed.items(), key=lambda one: (-one[1].fund_net, one[0]))
    ]
    return Table(
        "institutions",
        "按定点机构",
        "By institution",
        columns(*INSTITUTION, *_SUMS),
        rows,
        clauses=("NX-OPN-3.5d", "SC-16a"),
    )


INSTITUTION: Final = (
    "fixmedins_code|定点机构编码|institution",
    "name|名称|name",
    "level|级别|level",
    "admdvs|统筹区|area",
)


def institution_told(code: str, reference: Reference) -> tuple[str, str, str, str]:
    """Code, name, level in words and area of an institution."""
    known = reference.institutions.get(code)
    if known is None:
        return code, code, "", ""
    level = name_of("hosp_lv", known.level) if known.level else ""
    return code, known.name or code, level, known.area


def schemes(tally: Tally) -> Table:
    """Months by scheme: general pooling, two diseases and chronic diseases told apart."""
    rows: list[Row] = []
    for (month, scheme), sums in rolled_up(tally.cells, "month", "scheme").items():
        rows.append((month, scheme, told(SCHEMES, scheme), *_cells(sums)))
    return Table(
        "schemes",
        "保障方式",
        "Schemes",
        columns(
            "month|月份|month", "scheme|保障方式代码|scheme", "scheme_name|保障方式|name", *_SUMS
        ),
        rows,
        _NOTE.split(" / ")[0],
        _NOTE.split(" / ")[1],
        clauses=("SC-10a", "SC-16a"),
    )


def claims(tally: Tally) -> Table:
    """Manual reimbursements, which are paid to people and settled with no institution."""
    rows = [
        (cell.month, cell.area, told(SCHEMES, cell.scheme), *tally.claims[cell])
        for cell in sorted(tally.claims)
    ]
    return Table(
        "manual_claims",
        "手工报销",
        "Manual reimbursements",
        columns(
            "month|月份|month",
            "admdvs|参保地|insured area",
            "scheme_name|保障方式|scheme",
            "claims|笔数|claims|count",
            "medfee|医疗费总额|total cost|money",
            "fund_paid|基金支付|paid by funds|money",
        ),
        rows,
    )


def accounts(tally: Tally) -> Table:
    """Income and spending of personal accounts by month, area and item."""
    rows: list[Row] = []
    for flow in sorted(tally.flows):
        number, amount = tally.flows[flow]
        direction = told(DIRECTIONS, flow.direction)
        rows.append(
            (flow.month, flow.area, direction, flow.item, told(ITEMS, flow.item), number, amount)
        )
    return Table(
        "accounts",
        "个人账户收支",
        "Account income and spending",
        columns(
            "month|月份|month",
            "admdvs|参保地|insured area",
            "direction|收支|direction",
            "item|项目代码|item",
            "item_name|项目|name",
            "movements|笔数|movements|count",
            "amount|金额|amount|money",
        ),
        rows,
        "退费退回个人账户的金额列为收入",
        "what reversals return to accounts is income",
        clauses=("NX-OPN-3.4d",),
    )


def settlement(tally: Tally, reference: Reference) -> Table:
    """What is to be settled with each institution for each month: funds and account money."""
    rows: list[Row] = []
    for (month, code), sums in rolled_up(tally.cells, "month", "institution").items():
        rows.append(
            (
                month,
                *institution_told(code, reference),
                sums.settlements,
                sums.reversals,
                sums.fund,
                sums.fund_back,
                sums.fund_net,
                sums.account,
                sums.account_back,
                sums.account_net,
                sums.fund_net + sums.account_net,
            )
        )
    return Table(
        "settlement",
        "与定点机构月结算",
        "Monthly settlement with institutions",
        columns(
            "month|月份|month",
            *INSTITUTION,
            "settlements|结算笔数|settlements|count",
            "reversals|退费笔数|reversals|count",
            "fund_paid|统筹等基金支付|paid by funds|money",
            "fund_back|基金退回|returned to funds|money",
            "fund_due|基金应拨付|due from funds|money",
            "account_paid|个人账户支付|paid from accounts|money",
            "account_back|个人账户退回|returned to accounts|money",
            "account_due|个人账户应拨付|due from accounts|money",
            "due|合计应拨付|due in all|money",
        ),
        rows,
        clauses=("NXP-10", "NXP-29"),
    )


def bookkeeping(tally: Tally) -> tuple[Table, Table]:
    """The journals of article 31, and premiums that it has no entries for."""
    entries, unbooked = book(tally.premiums)
    booked = Table(
        "bookkeeping",
        "缴费账务处理",
        "Bookkeeping of premiums",
        columns(
            "voucher|凭证号|voucher",
            "line|行|line|count",
            "month|月份|month",
            "admdvs|参保地|insured area",
            "product_name|险种|product",
            "fund|基金|fund",
            "account|会计科目|account",
            "debit|借方|debit|money",
            "credit|贷方|credit|money",
            "payments|缴费笔数|payments|count",
        ),
        [
            (
                entry.voucher,
                entry.line,
                entry.month,
                entry.area,
                told(PRODUCTS, entry.product),
                entry.fund,
                entry.account,
                entry.debit,
                entry.credit,
                entry.payments,
            )
            for entry in entries
        ],
        clauses=("NXP-31",),
    )
    rest = Table(
        "unbooked",
        "未列分录的缴费",
        "Premiums without entries",
        columns(
            "month|月份|month",
            "admdvs|参保地|insured area",
            "product_name|险种|product",
            "payments|缴费笔数|payments|count",
            "amount|金额|amount|money",
        ),
        [
            (one.month, one.area, told(PRODUCTS, one.product), one.payments, one.amount)
            for one in unbooked
        ],
        "经办规程第三十一条未规定其分录",
        "article 31 of the procedures has no entries for them",
    )
    return booked, rest


def disclosure(tally: Tally, reference: Reference) -> tuple[Table, Table]:
    """What may be published: costs of groups, and what they consist of. No small groups."""
    note = (
        f"少于{LEAST}人的组并入最后一行",
        f"groups of fewer than {LEAST} people are merged into the last row",
    )
    costs: list[Row] = []
    for shown in suppressed(tally.people):
        total = Sums()
        for group in shown.groups:
            total.add(tally.groups[group])
        costs.append((*_group_told(shown.groups, reference), shown.people, *_disclosed(total)))
    parts: list[Row] = []
    of_city: defaultdict[str, int] = defaultdict(int)
    for (city, _), amount in tally.charges.items():
        of_city[city] += amount
    for kinds in suppressed(tally.charged):
        amount = sum(tally.charges[key] for key in kinds.groups)
        cities = {city for city, _ in kinds.groups}
        base = sum(of_city[city] for city in cities)
        share = round(amount / base, 4) if base else 0.0
        alone = len(kinds.groups) == 1
        parts.append(
            (
                _area_told(kinds.groups[0][0], reference) if alone else MERGED,
                name_of("med_chrgitm_type", kinds.groups[0][1]) if alone else MERGED,
                kinds.people,
                amount,
                share if alone else None,
            )
        )
    return (
        Table(
            "disclosure",
            "公开：医药费用",
            "For the public: costs",
            columns(
                "area|统筹区|pooling area",
                "kind|机构类别|kind of institution",
                "level|机构级别|level",
                "scheme_name|保障方式|scheme",
                "people|就诊人数|people|count",
                "settlements|结算笔数|settlements|count",
                "medfee|医疗费总额|total cost|money",
                "average|次均费用|cost a visit|money",
                "fund_paid|基金支付|paid by funds|money",
                "account_paid|个人账户支付|paid from accounts|money",
                "cash_paid|个人现金支付|paid in cash|money",
            ),
            costs,
            *note,
            clauses=("NXC-14b",),
        ),
        Table(
            "disclosure_structure",
            "公开：费用结构",
            "For the public: structure of costs",
            columns(
                "area|统筹区|pooling area",
                "charge|收费类别|kind of charge",
                "people|涉及人数|people|count",
                "amount|金额|amount|money",
                "share|占比|share|number",
            ),
            parts,
            *note,
            clauses=("NXC-14b",),
        ),
    )


def _disclosed(total: Sums) -> Row:
    average = (total.fee + total.settlements // 2) // total.settlements if total.settlements else 0
    return (total.settlements, total.fee, average, total.fund, total.account, total.cash)


def _group_told(groups: tuple[Group, ...], reference: Reference) -> tuple[str, str, str, str]:
    if len(groups) > 1:
        return MERGED, MERGED, MERGED, MERGED
    group = groups[0]
    return (
        _area_told(group.area, reference),
        name_of("fixmedins_type", group.kind) if group.kind else "",
        name_of("hosp_lv", group.level) if group.level else "",
        told(SCHEMES, group.scheme),
    )


def _area_told(area: str, reference: Reference) -> str:
    known = reference.areas.get(area)
    return known[0] if known is not None and known[0] else area


def cell_rows(tally: Tally) -> Table:
    """The cells themselves: month, institution, insured area and scheme, for further analysis."""
    rows = [(*cell, *_cells(tally.cells[cell])) for cell in sorted(tally.cells, key=_plain)]
    return Table(
        "cells",
        "明细汇总",
        "Sums by month, institution, area, scheme",
        columns(
            "month|月份|month",
            "fixmedins_code|定点机构编码|institution",
            "admdvs|参保地|insured area",
            "scheme|保障方式代码|scheme",
            *_SUMS,
        ),
        rows,
        clauses=("SC-10a", "SC-16a"),
    )


def _plain(cell: Cell) -> tuple[str, ...]:
    return tuple(cell)
