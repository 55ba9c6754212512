"""Supervisors and alerts for tests of cases."""

from collections.abc import Iterable
from typing import Final

from alerts.access.users import User
from alerts.alert import Alert
from alerts.ledger import Ledger, archive
from alerts.ledger.writing import record
from events.codec import decode
from events.times import epoch
from rules.histories.digests import pseudonym
from tests.unit.alerts.made import AT, an_alert

NOW_MS: Final = 1_772_000_000_000
"""2026-02-25 14:13:20 in China, a Wednesday."""
WANG: Final = User("王芳", "supervisor", ("6401",))
LI: Final = User("李强", "supervisor")
SICHUAN: Final = User("赵敏", "supervisor", ("51",))
VIEWER: Final = User("viewer", "viewer")
AUDITOR: Final = User("auditor", "auditor")
PERSON: Final = "64010000000000000000000000123"
CERTNO: Final = "640104199001010017"


def with_alerts(ledger: Ledger, alerts: Iterable[Alert] | None = None) -> None:
    """Write three alerts in 6401 and one in 5101."""
    with ledger.begin() as connection:
        record(connection, alerts if alerts is not None else some_alerts(), NOW_MS - 60_000)


def some_alerts() -> list[Alert]:
    """`a`, `b` and `c` in Yinchuan, `d` in Chengdu."""
    person = pseudonym(PERSON)
    return [
        an_alert("a", sev_deg=1, area="640104", subject=person, event_ids=("e1", "e2")),
        an_alert("b", area="640106", subject_type="institution", subject="H64010600001"),
        an_alert("c", area="640104", subject=person, rule_id="other", event_ids=("e3",)),
        an_alert("d", area="510104"),
    ]


def with_events(ledger: Ledger) -> None:
    """Put the events of `a` into the archive."""
    kept = []
    for event_id in ("e1", "e2"):
        line = (
            f'{{"event_type":"settlement","event_id":"{event_id}","psn_no":"{PERSON}",'
            f'"event_time":"2026-01-01T08:30:00","insuplc_admdvs":"640104",'
            f'"mdtrtarea_admvs":"640104","fixmedins_code":"P64010400001","setl_id":"s-{event_id}",'
            f'"infno":"2102","psn_name":"=测试","certno":"{CERTNO}","gend":"1","medfee_sumamt":60.25,'
            f'"fund_pay_sumamt":40.00}}'
        ).encode()
        event = decode(line).event
        assert AT <= epoch(event.event_time) <= AT + 3600
        kept.append(archive.Kept(event_id, epoch(event.event_time), line))
    with ledger.begin() as connection:
        archive.keep(connection, kept)
