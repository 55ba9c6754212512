"""The events of an alert as a timeline: what is shown of each, and nothing that names a person.

Fields are shown from a list, never all but some: what a later contract adds stays hidden until it
is put here. Persons appear by pseudonym; long numbers in free text are masked.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from alerts.desk.pages.rendering import money
from alerts.desk.pages.wording import Words
from events.codes import DICTIONARIES, name_of
from events.kinds import Event, Reversal
from events.money import Fen, yuan
from events.times import CST
from rules.histories.digests import pseudonym
from rules.reference import Reference

_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "settlement": (
        "psn_no", "med_type", "dise_codg", "medfee_sumamt", "fund_pay_sumamt", "acct_pay",
        "acct_mulaid_pay", "psn_cash_pay", "act_pay_dedc", "acct_owner_no", "agnter_rlts",
        "mdtrt_cert_type", "dev_no", "balc", "setl_id",
    ),
    "reversal": (
        "psn_no", "init_setl_id", "setl_id", "fund_pay_sumamt", "acct_pay", "acct_mulaid_pay",
        "psn_cash_pay", "refd_reason",
    ),
    "manual_claim": (
        "psn_no", "med_type", "dise_codg", "begntime", "endtime", "medfee_sumamt", "hifp_pay",
        "fund_pay_sumamt", "elec_bill_flag", "bill_no", "manl_reim_rea",
    ),
    "account_authorization": ("psn_no", "aut_psn_no", "action", "rlts", "channel"),
    "account_credit": ("psn_no", "amt", "clct_month", "clct_base", "psn_type", "credit_kind"),
    "account_payout": ("psn_no", "amt", "payout_reason", "proof_flag"),
    "account_premium": ("psn_no", "amt", "product", "benef_psn_no", "rlts"),
    "insurance_status": (
        "psn_no", "insutype", "psn_type", "psn_insu_stas", "clct_way", "begndate", "enddate",
        "death_date",
    ),
    "entitlement": (
        "psn_no", "action", "med_type", "dise_codg", "begndate", "enddate", "cert_fixmedins_code",
        "cap_raise_amt",
    ),
    "admission": ("psn_no", "med_type"),
    "discharge": ("psn_no", "med_type", "dscg_way"),
    "prescription": (
        "psn_no", "hi_rxno", "dise_codg", "valid_end_time", "rx_stas_codg", "rx_used_stas_codg",
    ),
    "filing": ("psn_no", "action", "biz_appy_type", "begndate", "enddate", "to_admdvs"),
    "identity_check": ("psn_no", "mdtrt_cert_type", "result", "dev_no"),
    "stock": ("infno", "med_list_codg", "inv_chg_type", "cnt", "pric", "setl_id"),
    "institution_status": ("state", "begndate", "enddate", "services"),
}  # fmt: skip
_PERSONS: Final = frozenset({"psn_no", "acct_owner_no", "aut_psn_no", "benef_psn_no"})
_AMOUNTS: Final = ("medfee_sumamt", "amt")
"""The field, the first there is, that is the amount of an event."""
_LONG_DIGITS: Final = re.compile(r"\d{11,}[Xx]?")
_FREE_TEXT: Final = frozenset({"refd_reason", "manl_reim_rea", "services"})
_MOST_LINES: Final = 12


class Line(Struct, frozen=True):
    """A fee line: its item by name, its quantity and its amount in yuan."""

    item: str
    count: str
    amount: Decimal


class Moment(Struct, frozen=True):
    """An event on the timeline; `gap` are the seconds since the one before, None at the first.

    `facts` are labels with texts; `hidden` counts the fee lines that are not in `lines`.
    """

    event_id: str
    kind: str
    time: datetime
    gap: int | None
    place: str
    amount: Decimal | None
    back: bool
    facts: tuple[tuple[str, str], ...]
    diagnoses: tuple[str, ...]
    lines: tuple[Line, ...]
    hidden: int


def timeline(events: Iterable[Event], reference: Reference, words: Words) -> list[Moment]:
    """Events by time, as people read them."""
    told: list[Moment] = []
    for event in sorted(events, key=lambda event: (event.event_time, event.event_id)):
        gap = int((event.event_time - told[-1].time).total_seconds()) if told else None
        told.append(_moment(event, gap, reference, words))
    return told


def _moment(event: Event, gap: int | None, reference: Reference, words: Words) -> Moment:
    kind = str(event.__struct_config__.tag)
    lines = getattr(event, "feedetail", ())
    amount = next((getattr(event, name) for name in _AMOUNTS if hasattr(event, name)), None)
    return Moment(
        event_id=event.event_id,
        kind=kind,
        time=event.event_time.astimezone(CST),
        gap=gap,
        place=reference.name_of(event.fixmedins_code) if event.fixmedins_code else "",
        amount=None if amount is None else yuan(amount),
        back=isinstance(event, Reversal),
        facts=tuple(_facts(event, _FIELDS[kind], words)),
        diagnoses=tuple(
            part.diag_code for part in getattr(event, "diseinfo", ()) if part.diag_code
        ),
        lines=tuple(
            Line(
                masked(line.item_name or line.med_list_codg or line.medins_list_codg),
                f"{line.cnt.normalize():f}" if line.cnt else "",
                yuan(line.det_item_fee_sumamt),
            )
            for line in lines[:_MOST_LINES]
        ),
        hidden=max(0, len(lines) - _MOST_LINES),
    )


def masked(text: str) -> str:
    """Free text without long numbers."""
    return _LONG_DIGITS.sub("***", text)


def _facts(event: Event, fields: Iterable[str], words: Words) -> Iterator[tuple[str, str]]:
    for field in fields:
        value = getattr(event, field)
        if value is None or value in {"", ()} or (isinstance(value, (int, Decimal)) and not value):
            continue
        yield words.of("field", field), _told(field, value, event.insuplc_admdvs, words)


def _told(field: str, value: Any, area: str, words: Words) -> str:
    if field in _PERSONS:
        return pseudonym(value)
    if isinstance(value, Fen):
        return money(yuan(value))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.astimezone(CST).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if field in DICTIONARIES:
        if words.language == "zh":
            return name_of(field, value, area)
        return words.of(field, value) if words.has(f"{field}.{value}") else _member(field, value)
    text = "、".join(value) if isinstance(value, tuple) else str(value)
    return masked(text) if field in _FREE_TEXT else text


def _member(field: str, value: str) -> str:
    """The English name of a code: that of its member, which the national lists do not have."""
    for member in DICTIONARIES[field]:
        if value == member or (len(str(member)) > 1 and value.startswith(str(member))):
            return member.name.lower().replace("_", " ")
    return value
