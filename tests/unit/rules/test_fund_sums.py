"""Whether a fund's sum holds account money, and what reversals of it gave back."""

import pytest

from events.codec import decode_object
from events.kinds import Settlement
from rules.histories.fund_sums import account_in, fund_back
from rules.histories.records import ACCOUNT_APART, ACCOUNT_INSIDE, Refund
from rules.histories.visits import visit_of

_SETTLED = {
    "event_type": "settlement",
    "event_id": "s",
    "event_time": "2024-03-01T10:00:00",
    "psn_no": "1",
    "fixmedins_code": "H64010000001",
    "setl_id": "S",
    "medfee_sumamt": "100.00",
    "hifp_pay": "50.00",
    "cvlserv_pay": "10.00",
    "acct_pay": "30.00",
    "psn_cash_pay": "10.00",
    "fund_pay_sumamt": "90.00",
}


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ((100, 60, 30, 10, 0, 0, 0), ACCOUNT_APART),
        ((100, 90, 30, 10, 0, 0, 0), ACCOUNT_INSIDE),
        ((100, 85, 30, 10, 5, 0, 0), ACCOUNT_INSIDE),
        ((0, 90, 30, 0, 0, 60, 0), ACCOUNT_INSIDE),
        ((0, 90, 30, 0, 0, 0, 61), ACCOUNT_INSIDE),
        ((0, 90, 30, 0, 0, 88, 0), ACCOUNT_APART),
        ((100, 20, 30, 0, 0, 0, 0), ACCOUNT_APART),
        # The total says inside, the funds' parts apart: nothing is known.
        ((100, 90, 30, 10, 0, 90, 0), 0),
        ((100, 90, 30, 0, 0, 0, 0), 0),
        ((100, 90, 0, 10, 0, 90, 0), 0),
        # An account's part within what rounding may be off.
        ((100, 96, 4, 4, 0, 0, 0), 0),
    ],
)
def test_amounts_say_whether_the_account_is_inside(
    amounts: tuple[int, int, int, int, int, int, int], said: int
) -> None:
    assert account_in(*amounts) == said


def test_a_visit_keeps_the_funds_money_only() -> None:
    event = decode_object(_SETTLED).event
    assert isinstance(event, Settlement)
    inside = visit_of(event)
    assert (inside.fund, inside.other_funds, inside.pool_paid) == (6000, 1000, 5000)

    def back(fund: int, account: int) -> int:
        refund = Refund("r", 1, ("S",), "", "", "", fund, account, 0, 0, "")
        return fund_back(inside, refund)

    assert back(9000, 3000) == 6000
    assert back(6000, 3000) == 6000  # a reversal that keeps them apart
    assert back(4500, 1500) == 3000
    assert back(0, 3000) == 0
