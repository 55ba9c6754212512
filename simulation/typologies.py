"""The typologies: label, the fraud, its look-alikes, and who plays in them."""

from typing import Final

from msgspec import Struct

from simulation import casts
from simulation.cases import Cast, Play
from simulation.frauds import cash_out, duplicates, goods, impersonation, sharing
from simulation.near_misses import cash_out as near_cash
from simulation.near_misses import duplicates as near_duplicates
from simulation.near_misses import impersonation as near_impersonation


class Role(Struct, frozen=True):
    """A play and the casts it is given in turn."""

    play: Play
    casts: tuple[Cast, ...]


class Typology(Struct, frozen=True, kw_only=True):
    """One label of `labels.csv`."""

    name: str
    fraud: Role
    near: Role


def _of(name: str, fraud: Play, near: Play, *casting: Cast) -> Typology:
    """Fraud and look-alike played by the same casts (one working adult unless given)."""
    cast = casting or (casts.one,)
    return Typology(name=name, fraud=Role(fraud, cast), near=Role(near, cast))


TYPOLOGIES: Final = (
    # impersonation
    _of(
        "credential_mismatch",
        impersonation.credential_mismatch,
        near_impersonation.wrong_card_first,
    ),
    Typology(
        name="sex_conflict",
        fraud=Role(
            impersonation.sex_conflict,
            (casts.adult("1", 36), casts.adult("2", 61), casts.adult("1", 52)),
        ),
        near=Role(near_impersonation.sex_fits, (casts.adult("2", 36), casts.adult("1", 40))),
    ),
    Typology(
        name="age_conflict",
        fraud=Role(impersonation.age_conflict, (casts.adult("1", 44), casts.adult("2", 70))),
        near=Role(
            near_impersonation.age_fits,
            (casts.parent_and_child(7), casts.adult("2", 43), casts.parent_and_child(11)),
        ),
    ),
    _of(
        "after_death",
        impersonation.after_death,
        near_impersonation.refill_before_death,
        casts.elder,
    ),
    _of("after_termination", impersonation.after_termination, near_impersonation.new_employer),
    _of("impossible_travel", impersonation.impossible_travel, near_impersonation.reachable_by_car),
    _of(
        "during_admission",
        impersonation.during_admission,
        near_impersonation.day_of_discharge,
        casts.two,
    ),
    _of(
        "credential_two_devices",
        impersonation.credential_two_devices,
        near_impersonation.kiosk_then_window,
    ),
    _of(
        "terminal_many_credentials",
        impersonation.terminal_many_credentials,
        near_impersonation.noon_queue,
        casts.strangers(10),
    ),
    # duplicates
    _of("two_schemes", duplicates.two_schemes, near_duplicates.settled_separately),
    _of(
        "receipt_twice",
        duplicates.receipt_twice,
        near_duplicates.exchanged_receipt,
        casts.strangers(2),
    ),
    _of("self_paid_claimed", duplicates.self_paid_claimed, near_duplicates.self_paid_elsewhere),
    _of("resubmitted", duplicates.resubmitted, near_duplicates.sent_again),
    _of(
        "trace_code_reused",
        duplicates.trace_code_reused,
        near_duplicates.split_pack,
        casts.strangers(2),
    ),
    _of(
        "two_disease_and_chronic",
        duplicates.two_disease_and_chronic,
        near_duplicates.one_disease_each,
    ),
    _of(
        "exclusive_or_repeated_lines",
        duplicates.exclusive_or_repeated_lines,
        near_duplicates.twice_a_day,
    ),
    # cash-out
    _of("refund_other_channel", cash_out.refund_other_channel, near_cash.refund_same_channels),
    Typology(
        name="refund_cycle",
        fraud=Role(cash_out.refund_cycle, (casts.one, casts.strangers(6))),
        near=Role(near_cash.two_refunds, (casts.one,)),
    ),
    _of("account_drained", cash_out.account_drained, near_cash.one_big_bill),
    _of(
        "batch_swiping",
        cash_out.batch_swiping,
        near_cash.colleagues_at_noon,
        casts.strangers(10),
    ),
    _of(
        "unauthorised_family",
        sharing.unauthorised_family,
        near_cash.authorised_family,
        casts.strangers(2),
    ),
    Typology(
        name="many_owners",
        fraud=Role(sharing.many_owners, (casts.elder_and_children(7),)),
        near=Role(near_cash.three_children, (casts.elder_and_children(3),)),
    ),
    Typology(
        name="owner_many_beneficiaries",
        fraud=Role(sharing.owner_many_beneficiaries, (casts.owner_and_relatives(10),)),
        near=Role(near_cash.big_family, (casts.owner_and_relatives(4),)),
    ),
    _of("out_of_scope_goods", goods.out_of_scope_goods, near_cash.goods_in_cash),
    _of("oversold", goods.oversold, near_cash.sold_to_the_last, casts.strangers(4)),
    _of("no_sale_of_goods", goods.no_sale_of_goods, near_cash.late_sale),
    _of("payout_unfounded", cash_out.payout_unfounded, near_cash.founded_payout),
    _of("same_amounts", cash_out.same_amounts, near_cash.equal_refills),
)


def cases_each(persons: int) -> int:
    """How many cases of every typology (and as many look-alikes) a population gets.

    None below 300 people, one at 300, eight at 5,000, then one for every 2,500 more.
    """
    if persons < 300:
        return 0
    return max(1, persons * 8 // 5000) if persons < 5000 else max(8, persons // 2500)
