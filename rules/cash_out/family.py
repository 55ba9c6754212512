"""What the rules on family use of an account share: the authorisation in force, and its uses."""

from collections.abc import Sequence
from typing import Final

from rules.histories.keyed import Account
from rules.histories.records import Grant, Swipe
from rules.histories.series import between

GRANT: Final = "grant"
_FAR: Final = 1 << 62
_DIGITS: Final = {"province": 2, "pooling_area": 4}
_POOLING_AREA: Final = 4


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
    swipes = account.swipes
    if not swipes or swipes[-1].time < grant.time:
        return ()
    until = _FAR
    for other in account.grants:
        if other.user == grant.user and _order(other) > _order(grant):
            until = other.time
            break
    return [
        swipe
        for swipe in between(swipes, grant.time, until - 1)
        if swipe.psn_no == grant.user and swipe.owner
    ]


def touched(account: Account, record: Grant | Swipe) -> Sequence[Grant]:
    """The authorisations whose uses a new or changed record can change."""
    if isinstance(record, Swipe):
        grant = last_word(account, record.psn_no, record.time)
        return [grant] if grant is not None and grant.action == GRANT else []
    if len(account.grants) == 1:
        return [record] if record.action == GRANT else []
    changed = [
        grant
        for grant in account.grants
        if grant.user == record.user and _order(grant) <= _order(record)
    ]
    return [grant for grant in changed[-2:] if grant.action == GRANT]


def _order(grant: Grant) -> tuple[int, str]:
    return grant.time, grant.event_id


def outside(region: str, home: str, area: str) -> bool:
    """Whether an area (6 digits) lies outside the region (`province`, `pooling_area`) of home."""
    digits = _DIGITS.get(region)
    return digits is not None and bool(home and area) and home[:digits] != area[:digits]


def apart(home: str, area: str) -> bool:
    """Whether two areas can lie in different regions at all: not if they are one pooling area."""
    return bool(home and area) and home[:_POOLING_AREA] != area[:_POOLING_AREA]


def home_of(grant: Grant | None, swipe: Swipe) -> str:
    """Where the owner is insured: as the authorisation says, else where the user is."""
    return grant.owner_area if grant is not None and grant.owner_area else swipe.insured_area
