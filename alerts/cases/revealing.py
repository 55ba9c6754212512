"""Shows who a pseudonym stands for: to those who may, for a reason, and never unnoticed.

Alerts hold pseudonyms only. The person is found again in the events of an alert, in the archive;
what is shown is shown once and kept nowhere, and the journal says who saw whom and why.
"""

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection

from alerts.access.users import User
from alerts.cases.refusals import ACTING, require, unknown, wrong
from alerts.cases.texts import kept_text
from alerts.cases.work import seen_alert
from alerts.ledger import archive
from alerts.ledger.journal import Entry, append
from events.kinds import Event
from events.times import epoch
from rules.histories.digests import pseudonym

_NUMBERS: Final = ("psn_no", "acct_owner_no", "aut_psn_no", "benef_psn_no")
"""Fields that hold a person's number in one kind of event or another."""
_OF_THE_PERSON: Final = ("psn_name", "psn_cert_type", "certno", "gend", "brdy", "insuplc_admdvs")
_LEAST_REASON: Final = 4


class Revealed(Struct, frozen=True):
    """Who a pseudonym stands for, as far as the events of the alert say; empty where not."""

    pseudonym: str
    psn_no: str
    psn_name: str = ""
    psn_cert_type: str = ""
    certno: str = ""
    gend: str = ""
    brdy: str = ""
    insuplc_admdvs: str = ""


def reveal(
    connection: Connection, by: User, now_ms: int, alert_id: str, hidden: str, reason: str
) -> Revealed:
    """The person behind a pseudonym of an alert. Raises RefusedError: 403, 404, 422.

    The entry in the journal is in the same transaction: what could not be entered is not shown.
    """
    require(by, ACTING)
    alert = seen_alert(connection, by, alert_id).alert
    why = kept_text(reason, "理由", "reason", most=500, least=_LEAST_REASON)
    if not hidden.startswith("P-"):
        raise wrong("请选择要查看的人员", f"found {hidden[:30]!r}, expected a pseudonym P-...")
    since, until = epoch(alert.first_event_time), epoch(alert.last_event_time) + 1
    kept = archive.find(connection, alert.event_ids, since, until)
    found = next(_persons([one.event for one in kept], hidden), None)
    if found is None:
        raise unknown(f"person {hidden[:30]!r} in the archived events of the alert")
    fields = [name for name in Revealed.__struct_fields__[1:] if getattr(found, name)]
    told = {"pseudonym": hidden, "reason": why, "shown": fields}
    append(connection, [Entry(now_ms, by.name, "identity.revealed", alert_id, told)])
    return found


def _persons(events: list[Event], hidden: str) -> Iterator[Revealed]:
    """The person by the events that are theirs, and else by those that name only their number."""
    numbered: list[str] = []
    for event in events:
        for name in _NUMBERS:
            number = getattr(event, name, "") or ""
            if not number or pseudonym(number) != hidden:
                continue
            if name == "psn_no":
                yield Revealed(hidden, number, *(_text(event, name) for name in _OF_THE_PERSON))
            numbered.append(number)
    yield from (Revealed(hidden, number) for number in numbered)


def _text(event: Event, name: str) -> str:
    value: Any = getattr(event, name, "")
    return "" if value is None else str(value)
