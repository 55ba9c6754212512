"""What people decided stands in the tables of an export and in the credit points."""

from datetime import date
from decimal import Decimal

from alerts.access.users import User
from alerts.cases.deciding import confirm_case
from alerts.cases.opening import open_case
from alerts.cases.work import confirm, dismiss
from alerts.exports.ledger_tables import alerts, by_rule, cases, standing_at_risk
from alerts.exports.periods import period_of
from alerts.exports.tables import Table
from alerts.ledger import Ledger
from alerts.ledger.writing import record
from alerts.risk.findings import findings
from alerts.risk.points import Finding
from events.times import moment
from rules.registry import load_rules
from tests.unit.alerts.made import AT, an_alert

PERIOD = period_of("2026-01")
NOW = AT * 1000
OFFICER = User("supervisor", "supervisor")


def filled(ledger: Ledger) -> None:
    """Alerts of January and one of February; some decided, two of them in a confirmed case."""
    later = moment(AT + 40 * 86_400)
    made = [
        an_alert("a1", subject_type="institution", subject="H1", sev_deg=1),
        an_alert("a2", subject_type="terminal", subject="H1|T01", sev_deg=1),
        an_alert("a3"),
        an_alert("a4", status="withdrawn"),
        an_alert("a5", subject_type="document", subject="d", amount=Decimal("7.00")),
        an_alert("a6", last_event_time=later),
        an_alert("a7", amount=Decimal("9.00")),
    ]
    with ledger.begin() as connection:
        record(connection, made, NOW)
        confirm(connection, OFFICER, NOW, "a7", 0, "41-1", 500, 300)
        dismiss(connection, OFFICER, NOW, "a3", 0, "explained")
        case = open_case(connection, OFFICER, NOW, ["a1", "a5"], title="身份证640106197904223763")
        confirm_case(
            connection, OFFICER, NOW, case.case_id, case.version, "38-3", amount_confirmed=1_000_00
        )


def rows(table: Table) -> dict[str, dict[str, object]]:
    """A table by its first column."""
    names = [column.name for column in table.columns]
    return {str(row[0]): dict(zip(names, row, strict=True)) for row in table.rows}


def test_tables_say_what_was_decided(ledger: Ledger) -> None:
    filled(ledger)
    with ledger.read() as connection:
        told = rows(alerts(connection, PERIOD))
        opened = rows(cases(connection, PERIOD))
        counted = rows(by_rule(connection, PERIOD, load_rules(shadow=True)))
        elsewhere = rows(cases(connection, period_of("2025-12")))

    assert sorted(told) == ["a1", "a2", "a3", "a4", "a5", "a7"]
    assert told["a7"]["verdict"] == "查实 confirmed"
    assert (told["a7"]["confirmed"], told["a7"]["recovered"]) == (500, 300)
    assert told["a3"]["verdict"] == "排除 dismissed"
    assert told["a4"]["status"] == "已撤销 withdrawn"
    (case,) = opened.values()
    assert case["alerts"] == 2
    assert case["confirmed"] == 100_000
    assert "重复收费" in str(case["cause"])
    assert "640106197904223763" not in str(case["title"])
    assert elsewhere == {}
    (rule,) = counted.values()
    assert [rule[name] for name in ("open", "withdrawn", "confirmed", "dismissed")] == [5, 1, 3, 1]


def test_findings_count_against_who_answers(ledger: Ledger) -> None:
    filled(ledger)
    with ledger.read() as connection:
        found = {one.alert_id: one for one in findings(connection, date(2026, 1, 31))}
        february = {one.alert_id for one in findings(connection, date(2026, 3, 1))}
        other_year = list(findings(connection, date(2027, 1, 31)))
        at_risk = standing_at_risk(connection)

    assert sorted(found) == ["a1", "a2", "a5", "a7"]
    assert found["a2"] == Finding("institution", "H1", "a2", "batch_swiping", 1, "open")
    # The case names its money once, and its subject answers for all of its alerts.
    assert [found[one].amount for one in ("a1", "a5")] == [100_000, 0]
    assert found["a5"].subject == found["a1"].subject == "H1"
    assert (found["a7"].holder, found["a7"].amount) == ("person", 500)
    assert february == {*found, "a6"}
    assert other_year == []
    assert at_risk == {"640100": 2 * 12050}
