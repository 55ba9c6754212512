"""The typologies: label, the frauds, their look-alikes, and who plays in them."""

from typing import Final

from msgspec import Struct

from simulation import casts
from simulation.cases import Cast, Play
from simulation.frauds import (
    accounts,
    benefits,
    cash_out,
    duplicates,
    goods,
    impersonation,
    institutions,
    sharing,
    usage,
)
from simulation.near_misses import accounts as near_accounts
from simulation.near_misses import benefits as near_benefits
from simulation.near_misses import cash_out as near_cash
from simulation.near_misses import duplicates as near_duplicates
from simulation.near_misses import impersonation as near_impersonation
from simulation.near_misses import institutions as near_institutions
from simulation.near_misses import sharing as near_sharing
from simulation.near_misses import usage as near_usage
from simulation.terms import TERMS

EVERYWHERE: Final = frozenset(TERMS)
_NINGXIA: Final = frozenset({"64"})
_CHIFENG: Final = frozenset({"15"})
_SICHUAN: Final = frozenset({"51"})
_NOT_CHIFENG: Final = frozenset({"64", "51"})


class Role(Struct, frozen=True):
    """A play and the cast it is given (one working adult unless told otherwise)."""

    play: Play
    cast: Cast = casts.one


class Typology(Struct, frozen=True):
    """One label of `labels.csv`: its frauds and its look-alikes, played in turn."""

    name: str
    frauds: tuple[Role, ...]
    near_misses: tuple[Role, ...]
    regions: frozenset[str] = EVERYWHERE
    """Where the documents forbid it: first two digits of the area's code."""


_PAIR: Final = casts.strangers(2)
_TEN: Final = casts.strangers(10)

_IMPERSONATION: Final = (
    Typology(
        "credential_mismatch",
        (Role(impersonation.credential_mismatch),),
        (Role(near_impersonation.wrong_card_first),),
    ),
    Typology(
        "sex_conflict",
        (
            Role(impersonation.sex_conflict, casts.adult("1", 36)),
            Role(impersonation.sex_conflict, casts.adult("2", 61)),
            Role(impersonation.sex_conflict, casts.adult("1", 52)),
        ),
        (
            Role(near_impersonation.sex_fits, casts.adult("2", 36)),
            Role(near_impersonation.sex_fits, casts.adult("1", 40)),
            Role(near_impersonation.medicine_for_the_wife, casts.two),
        ),
    ),
    Typology(
        "age_conflict",
        (
            Role(impersonation.age_conflict, casts.adult("1", 44)),
            Role(impersonation.age_conflict, casts.adult("2", 70)),
        ),
        (
            Role(near_impersonation.age_fits, casts.parent_and_child(7)),
            Role(near_impersonation.age_fits, casts.adult("2", 43)),
            Role(near_impersonation.age_fits, casts.parent_and_child(11)),
        ),
    ),
    Typology(
        "after_death",
        (Role(impersonation.after_death, casts.elder),),
        (Role(near_impersonation.refill_before_death, casts.elder),),
    ),
    Typology(
        "after_termination",
        (Role(impersonation.after_termination),),
        (Role(near_impersonation.new_employer), Role(near_impersonation.last_insured_day)),
    ),
    Typology(
        "impossible_travel",
        (Role(impersonation.impossible_travel),),
        (Role(near_impersonation.reachable_by_car), Role(near_impersonation.consulted_online)),
    ),
    Typology(
        "during_admission",
        (Role(impersonation.during_admission),),
        (
            Role(near_impersonation.day_of_discharge),
            Role(near_impersonation.fetched_by_agent, casts.two),
        ),
    ),
    Typology(
        "credential_two_devices",
        (Role(impersonation.credential_two_devices),),
        (Role(near_impersonation.kiosk_then_window),),
    ),
    Typology(
        "terminal_many_credentials",
        (Role(impersonation.terminal_many_credentials, _TEN),),
        (Role(near_impersonation.noon_queue, _TEN),),
    ),
)
_DUPLICATES: Final = (
    Typology(
        "two_schemes",
        (Role(duplicates.two_schemes),),
        (Role(near_duplicates.settled_separately),),
    ),
    Typology(
        "receipt_twice",
        (
            Role(duplicates.receipt_twice),
            Role(duplicates.claimed_twice, _PAIR),
            Role(duplicates.claimed_twice, _PAIR),
        ),
        (Role(near_duplicates.exchanged_receipt),),
    ),
    Typology(
        "self_paid_claimed",
        (Role(duplicates.self_paid_claimed),),
        (Role(near_duplicates.self_paid_elsewhere),),
        _NINGXIA,
    ),
    Typology(
        "resubmitted",
        (Role(duplicates.resubmitted),),
        (
            Role(near_duplicates.delivered_twice),
            Role(near_duplicates.corrected),
            Role(near_duplicates.twins, casts.twins),
        ),
    ),
    Typology(
        "trace_code_reused",
        (Role(duplicates.trace_code_reused, _PAIR),),
        (
            Role(near_duplicates.opened_pack, _PAIR),
            Role(near_duplicates.returned_pack, _PAIR),
            Role(near_duplicates.no_code_on_pack, _PAIR),
        ),
    ),
    Typology(
        "two_disease_and_chronic",
        (Role(duplicates.two_disease_and_chronic),),
        (Role(near_duplicates.one_disease_each),),
        _NOT_CHIFENG,
    ),
    Typology(
        "exclusive_or_repeated_lines",
        (Role(duplicates.exclusive_or_repeated_lines),),
        (Role(near_duplicates.twice_a_day),),
    ),
)
_CASH_OUT: Final = (
    Typology(
        "refund_other_channel",
        (Role(cash_out.refund_other_channel),),
        (Role(near_cash.refund_same_channels),),
    ),
    Typology(
        "refund_cycle",
        (
            Role(cash_out.refund_cycle),
            Role(cash_out.refund_cycle_of_many, casts.strangers(6)),
        ),
        (Role(near_cash.two_refunds),),
    ),
    Typology(
        "account_drained",
        (Role(cash_out.account_drained),),
        (Role(near_cash.one_big_bill), Role(near_cash.small_account)),
    ),
    Typology(
        "batch_swiping",
        (Role(cash_out.batch_swiping, _TEN),),
        (Role(near_cash.colleagues_at_noon, _TEN),),
    ),
    Typology(
        "unauthorised_family",
        (
            Role(sharing.never_authorised, _PAIR),
            Role(sharing.authorisation_ended, _PAIR),
            Role(sharing.outside_region, _PAIR),
            Role(sharing.no_relative, _PAIR),
        ),
        (
            Role(near_sharing.authorised_just_now, _PAIR),
            Role(near_sharing.authorised_again, _PAIR),
            Role(near_sharing.used_before_the_end, _PAIR),
        ),
    ),
    Typology(
        "many_owners",
        (Role(sharing.many_owners, casts.elder_and_children(7)),),
        (Role(near_sharing.three_children, casts.elder_and_children(3)),),
    ),
    Typology(
        "owner_many_beneficiaries",
        (Role(sharing.owner_many_beneficiaries, casts.owner_and_relatives(10)),),
        (Role(near_sharing.big_family, casts.owner_and_relatives(4)),),
    ),
    Typology(
        "out_of_scope_goods",
        (Role(goods.out_of_scope_goods), Role(goods.disguised_goods)),
        (Role(near_sharing.goods_in_cash), Role(near_sharing.uncoded_device)),
    ),
    Typology(
        "oversold",
        (Role(goods.oversold, casts.strangers(4)),),
        (Role(near_sharing.sold_to_the_last, casts.strangers(4)),),
    ),
    Typology(
        "no_sale_of_goods",
        (Role(goods.no_sale_of_goods),),
        (Role(near_sharing.late_sale),),
    ),
    Typology(
        "payout_unfounded",
        (Role(cash_out.payout_unfounded),),
        (
            Role(near_cash.payout_before_notice, casts.elder),
            Role(near_cash.transferred),
        ),
    ),
    Typology(
        "same_amounts",
        (Role(cash_out.same_amounts),),
        (Role(near_cash.equal_test_strips), Role(near_cash.equal_treatments)),
    ),
)
_BENEFIT: Final = (
    Typology(
        "wrong_ratio",
        (Role(benefits.wrong_ratio),),
        (Role(near_benefits.retired_ratio, casts.elder),),
    ),
    Typology(
        "deductible_skipped",
        (Role(benefits.deductible_skipped),),
        (Role(near_benefits.deductible_used),),
    ),
    Typology("cap_exceeded", (Role(benefits.cap_exceeded),), (Role(near_benefits.cap_reached),)),
    Typology(
        "chronic_without_registration",
        (Role(benefits.chronic_without_registration),),
        (Role(near_benefits.registered_this_morning),),
    ),
    Typology(
        "pharmacy_not_joined",
        (Role(benefits.pharmacy_not_joined),),
        (Role(near_benefits.pharmacy_joined),),
    ),
    Typology(
        "low_rate_paid",
        (Role(benefits.low_rate_paid),),
        (Role(near_benefits.low_rate_chronic),),
        _CHIFENG,
    ),
    Typology(
        "offsite_too_early",
        (Role(benefits.offsite_too_early),),
        (Role(near_benefits.offsite_from_the_day),),
        _CHIFENG,
    ),
)
_ACCOUNT: Final = (
    Typology("wrong_credit", (Role(accounts.wrong_credit),), (Role(near_accounts.higher_base),)),
    Typology(
        "credit_pool_only", (Role(accounts.credit_pool_only),), (Role(near_accounts.whole_year),)
    ),
)
_INSTITUTION: Final = (
    Typology(
        "price_above_listed",
        (Role(institutions.price_above_listed),),
        (Role(near_institutions.price_as_listed),),
        _SICHUAN,
    ),
    Typology(
        "suspended_institution",
        (Role(institutions.suspended_institution),),
        (Role(near_institutions.around_suspension),),
    ),
    Typology(
        "prescription_reused",
        (Role(institutions.prescription_reused),),
        (Role(near_institutions.filled_elsewhere),),
    ),
)
_USAGE: Final = (
    Typology(
        "overlapping_supply",
        (Role(usage.overlapping_supply),),
        (Role(near_usage.refilled_in_time), Role(near_usage.long_prescription)),
    ),
    Typology(
        "frequent_visits",
        (Role(usage.frequent_visits),),
        (Role(near_usage.week_of_treatments),),
    ),
    Typology(
        "split_prescription",
        (Role(usage.split_prescription),),
        (Role(near_usage.two_departments),),
    ),
)
TYPOLOGIES: Final = (
    *_IMPERSONATION,
    *_DUPLICATES,
    *_CASH_OUT,
    *_BENEFIT,
    *_ACCOUNT,
    *_INSTITUTION,
    *_USAGE,
)


def cases_each(persons: int) -> int:
    """How many cases of every typology (and as many look-alikes) a population gets.

    None below 300 people, one at 300, eight at 5,000, and above 20,000 one for every 2,500.
    """
    if persons < 300:
        return 0
    return max(1, persons * 8 // 5000) if persons < 5000 else max(8, persons // 2500)
