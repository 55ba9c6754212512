"""Money: integers of fen inside, yuan with two decimals at the edges."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

MAX_FEN: Final = 10**16
"""Largest amount accepted, in fen: the national interface's numeric(16,2) holds no more."""


class Fen(int):
    """An amount in fen (1/100 yuan). Decoded from yuan; behaves as an integer everywhere else."""

    __slots__ = ()


ZERO: Final = Fen(0)


def fen(value: object) -> Fen:
    """Turn yuan, as a JSON number or string, into fen.

    Accepts int, float, Decimal or a decimal string with at most two decimals (binary rounding
    of a float is forgiven up to a hundredth of a fen). Raises ValueError with what was found.
    """
    if not value and not isinstance(value, str):
        if value is None or isinstance(value, (int, float, Decimal)):
            return ZERO
        raise ValueError(f"found {value!r}, expected yuan with two decimals")
    if type(value) is float:
        scaled = value * 100
        try:
            rounded = round(scaled)
        except (OverflowError, ValueError):
            raise ValueError(f"found {value!r}, expected a finite amount in yuan") from None
        if -MAX_FEN < rounded < MAX_FEN and -0.01 < scaled - rounded < 0.01:
            return Fen(rounded)
    elif type(value) is int:
        if -MAX_FEN < value * 100 < MAX_FEN:
            return Fen(value * 100)
    elif isinstance(value, (str, Decimal)):
        return _from_decimal(value)
    raise ValueError(f"found {value!r}, expected yuan with at most two decimals below 1e14")


def _from_decimal(value: str | Decimal) -> Fen:
    text = value.strip() if isinstance(value, str) else value
    if text == "":
        return ZERO
    try:
        scaled = Decimal(text).scaleb(2)
    except InvalidOperation:
        raise ValueError(f"found {value!r}, expected yuan with two decimals") from None
    if not scaled.is_finite() or abs(scaled) >= MAX_FEN or scaled != scaled.to_integral_value():
        raise ValueError(f"found {value!r}, expected yuan with at most two decimals below 1e14")
    return Fen(scaled)


def yuan(amount: int) -> Decimal:
    """Fen to yuan with exactly two decimals, for output."""
    return Decimal(amount).scaleb(-2).quantize(Decimal("0.01"))


def share(amount: int, ratio: Decimal | str) -> int:
    """`ratio` of an amount of fen, rounded half up to a fen, as the interface's examples do."""
    return int((amount * Decimal(ratio)).to_integral_value(rounding=ROUND_HALF_UP))
