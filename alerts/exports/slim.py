"""Archived events as exports read them: only the fields that are added up, everything else passed.

What the strict pass refuses (the archive holds lines that were forgiven something) goes through
the full decoder once more.
"""

from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from events.codec import decode
from events.kinds import KINDS
from events.money import ZERO, Fen, fen
from events.times import epoch


class _Slim(Struct, frozen=True, kw_only=True, gc=False, tag_field="event_type"):
    event_id: str
    event_time: datetime

    @property
    def time(self) -> int:
        """Event time, epoch seconds."""
        return epoch(self.event_time)


class Charge(Struct, frozen=True, gc=False):
    """A fee line: kind of charge and amount."""

    med_chrgitm_type: str = ""
    det_item_fee_sumamt: Fen = ZERO


class FundPart(Struct, frozen=True, gc=False):
    """One fund's part of a settlement."""

    fund_pay_type: str = ""
    fund_payamt: Fen = ZERO


class Settled(_Slim, frozen=True, kw_only=True, tag="settlement"):
    """A settlement."""

    psn_no: str
    fixmedins_code: str
    setl_id: str
    medfee_sumamt: Fen
    insuplc_admdvs: str = ""
    med_type: str = ""
    hosp_lv: str = ""
    fixmedins_type: str = ""
    inscp_scp_amt: Fen = ZERO
    act_pay_dedc: Fen = ZERO
    hifp_pay: Fen = ZERO
    fund_pay_sumamt: Fen = ZERO
    acct_pay: Fen = ZERO
    acct_mulaid_pay: Fen = ZERO
    psn_cash_pay: Fen = ZERO
    setldetail: tuple[FundPart, ...] = ()
    feedetail: tuple[Charge, ...] = ()


class Reversed(_Slim, frozen=True, kw_only=True, tag="reversal"):
    """A settlement taken back; amounts positive."""

    psn_no: str
    fixmedins_code: str = ""
    insuplc_admdvs: str = ""
    setl_id: str = ""
    init_setl_id: str = ""
    fund_pay_sumamt: Fen = ZERO
    acct_pay: Fen = ZERO
    acct_mulaid_pay: Fen = ZERO
    psn_cash_pay: Fen = ZERO


class Claimed(_Slim, frozen=True, kw_only=True, tag="manual_claim"):
    """A manual reimbursement."""

    psn_no: str
    insuplc_admdvs: str = ""
    med_type: str = ""
    medfee_sumamt: Fen = ZERO
    inscp_scp_amt: Fen = ZERO
    hifp_pay: Fen = ZERO
    fund_pay_sumamt: Fen = ZERO


class Credited(_Slim, frozen=True, kw_only=True, tag="account_credit"):
    """Income of an account."""

    psn_no: str
    amt: Fen
    insuplc_admdvs: str = ""
    credit_kind: str = ""


class PaidOut(_Slim, frozen=True, kw_only=True, tag="account_payout"):
    """A lump sum out of an account."""

    psn_no: str
    amt: Fen
    insuplc_admdvs: str = ""
    payout_reason: str = ""


class Premium(_Slim, frozen=True, kw_only=True, tag="account_premium"):
    """A premium paid from an account."""

    psn_no: str
    amt: Fen
    insuplc_admdvs: str = ""
    product: str = ""
    rlts: str = ""


Slim = Settled | Reversed | Claimed | Credited | PaidOut | Premium

_WANTED: Final[dict[str, type[Slim]]] = {
    "settlement": Settled,
    "reversal": Reversed,
    "manual_claim": Claimed,
    "account_credit": Credited,
    "account_payout": PaidOut,
    "account_premium": Premium,
}
_OTHERS: Final = tuple(
    msgspec.defstruct(f"Other_{name}", [], tag_field="event_type", tag=name, gc=False)
    for name in KINDS
    if name not in _WANTED
)


def _union(kinds: tuple[Any, ...]) -> Any:
    union = kinds[0]
    for kind in kinds[1:]:
        union = union | kind
    return union


def _money(kind: type, value: Any) -> Any:
    if kind is Fen:
        return fen(value)
    raise NotImplementedError(f"no decoding for {kind}")


_DECODER: Final = msgspec.json.Decoder(_union((*_WANTED.values(), *_OTHERS)), dec_hook=_money)


def slim_of(line: bytes) -> Slim | None:
    """What exports read of an archived line; None where they read nothing of its kind."""
    try:
        found = _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, OverflowError):
        return _forgiven(line)
    return found if isinstance(found, Slim) else None


def _forgiven(line: bytes) -> Slim | None:
    event = decode(line).event
    kind = _WANTED.get(str(type(event).__struct_config__.tag))
    if kind is None:
        return None
    names = [name for name in kind.__struct_fields__ if hasattr(event, name)]
    return kind(**{name: getattr(event, name) for name in names})
