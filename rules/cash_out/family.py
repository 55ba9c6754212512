"""What the rules on family use of an account share: the authorisation in force, and its uses."""

from collections.abc import Sequence
from typing import Final

from rules.histories.keyed import Account
from rules.histories.records import Grant, Swipe
from rules.histories.series import between

GRANT: Final = "grant"
_FAR: Final = 1 << 62
_DIGITS: Final = {"province": 2, "pooling_area": 4}


def last_word(account: Account, user: str, time: int) -> Grant | None:
    """The latest that was granted to or taken from a user until a time (epoch seconds)."""
    found = None
    for grant in account.grants:
        if grant.time > time:
            break
        if grant.user == user:
            found = grant
    return found


def uses_under(account: Account, grant: Grant) -> Sequence[Swipe]:
    """The user's settlements from an authorisation on, until the next word about that user."""
    until = min(
        (
            other.time
            for other in account.grants
            if other.user == grant.user
            and (other.time, other.event_id) > (grant.time, grant.event_id)
        ),
        default=_FAR,
    )
    return [
        swipe
        for swipe in between(account.swipes, grant.time, until - 1)
        if swipe.owner and swipe.psn_no == grant.user
    ]


def touched(account: Account, record: Grant | Swipe) -> Sequence[Grant]:
    """The authorisations whose uses a new or changed record can change."""
    if isinstance(record, Swipe):
        grant = last_word(account, record.psn_no, record.time)
        return [grant] if grant is not None and grant.action == GRANT else []
    changed = [
        grant
        for grant in account.grants
        if grant.user == record.user
        and (grant.time, grant.event_id) <= (record.time, record.event_id)
    ]
    return [grant for grant in changed[-2:] if grant.action == GRANT]


def outside(region: str, home: str, area: str) -> bool:
    """Whether an area (6 digits) lies outside the region (`province`, `pooling_area`) of home."""
    digits = _DIGITS.get(region)
    return digits is not None and bool(home and area) and home[:digits] != area[:digits]


def home_of(grant: Grant | None, swipe: Swipe) -> str:
    """Where the owner is insured: as the authorisation says, else where the user is."""
    return grant.owner_area if grant is not None and grant.owner_area else swipe.insured_area
