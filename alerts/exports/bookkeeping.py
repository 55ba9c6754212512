"""Journals of account money that pays premiums, as the procedures' article 31 words them.

第三十一条 gives two pairs of entries. An employee's account that pays a family member's resident
premium: in the employee fund, debit the account fund's spending on resident premiums, credit
支出户存款; in the resident fund, debit 国库存款, credit income of personal contributions. One that
pays for long-term care: the same with 长护险缴费支出, and 长护险保险费收入 in that fund. Products
for which the article has no entries are listed apart, not booked.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from alerts.exports.tally import Paid

RESIDENT: Final = "resident"
LONG_TERM_CARE: Final = "long_term_care"
_EMPLOYEE_FUND: Final = "职工基本医疗保险"
_SPENDING: Final = "基本医疗保险待遇支出/个人账户基金支出"
_DEPOSIT: Final = "支出户存款"
_TREASURY: Final = "国库存款"
_BOOKED: Final = {
    RESIDENT: (
        f"{_SPENDING}/居民医保缴费支出",
        "城乡居民基本医疗保险",
        "基本医疗保险费收入/个人缴费收入",
    ),
    LONG_TERM_CARE: (f"{_SPENDING}/长护险缴费支出", "长期护理保险", "长护险保险费收入"),
}
"""Spending account, other fund, its income account, by product."""


class Entry(Struct, frozen=True):
    """One line of a voucher: an account of a fund, debited or credited, fen."""

    voucher: str
    line: int
    month: str
    area: str
    product: str
    fund: str
    account: str
    debit: int
    credit: int
    payments: int


class Unbooked(Struct, frozen=True):
    """Premiums of a product for which the article has no entries."""

    month: str
    area: str
    product: str
    payments: int
    amount: int


def book(premiums: Mapping[Paid, list[int]]) -> tuple[list[Entry], list[Unbooked]]:
    """Vouchers by month, area and product: four lines each, balanced in each of the two funds."""
    sums: dict[tuple[str, str, str], list[int]] = {}
    for paid, (number, amount) in premiums.items():
        total = sums.setdefault((paid.month, paid.area, paid.product), [0, 0])
        total[0] += number
        total[1] += amount
    entries: list[Entry] = []
    unbooked: list[Unbooked] = []
    for (month, area, product), (number, amount) in sorted(sums.items()):
        if product not in _BOOKED:
            unbooked.append(Unbooked(month, area, product, number, amount))
            continue
        spending, other, income = _BOOKED[product]
        voucher = f"{month}-{area}-{product}"
        lines = (
            (_EMPLOYEE_FUND, spending, amount, 0),
            (_EMPLOYEE_FUND, _DEPOSIT, 0, amount),
            (other, _TREASURY, amount, 0),
            (other, income, 0, amount),
        )
        entries += [
            Entry(voucher, line, month, area, product, fund, account, debit, credit, number)
            for line, (fund, account, debit, credit) in enumerate(lines, 1)
        ]
    return entries, unbooked


def unbalanced(entries: Iterable[Entry]) -> list[str]:
    """Vouchers and funds whose debits and credits differ; empty when all balance."""
    sums: dict[tuple[str, str], int] = {}
    for entry in entries:
        key = (entry.voucher, entry.fund)
        sums[key] = sums.get(key, 0) + entry.debit - entry.credit
    return [f"{voucher} {fund}" for (voucher, fund), rest in sorted(sums.items()) if rest]
