from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.alert import Alert
from alerts.ledger import Ledger
from alerts.ledger.auditing import verify_alerts
from alerts.ledger.journal import Verified, verify_journal
from alerts.ledger.reading import alert_table, counts, feed
from alerts.ledger.writing import record
from alerts.table import digest, rows_of
from tests.unit.alerts.made import an_alert, retracted


@st.composite
def revisions(draw: st.DrawFn) -> list[Alert]:
    """The revisions of a few alerts in the order in which they were made."""
    made: list[Alert] = []
    for alert_id in draw(st.lists(st.sampled_from("abcde"), min_size=1, unique=True)):
        for generation in range(draw(st.integers(1, 2))):
            for revision in range(1, draw(st.integers(1, 4)) + 1):
                status = draw(st.sampled_from(["open", "withdrawn", "retracted"]))
                if status == "retracted":
                    made.append(retracted(alert_id, revision=revision, generation=generation))
                    continue
                amount = Decimal(draw(st.integers(0, 99999))).scaleb(-2)
                made.append(
                    an_alert(
                        alert_id,
                        revision=revision,
                        generation=generation,
                        status=status,
                        amount=amount.quantize(Decimal("0.01")),
                    )
                )
    return made


@settings(max_examples=60)
@given(st.data(), revisions())
def test_any_order_and_repetition_of_revisions_gives_the_same_table(
    data: st.DataObject, made: list[Alert]
) -> None:
    told = data.draw(st.permutations([*made, *data.draw(st.lists(st.sampled_from(made)))]))
    batches = data.draw(st.lists(st.integers(0, len(told)), max_size=4).map(sorted))

    with Ledger.open("sqlite://") as ledger, ledger.begin() as connection:
        accepted = 0
        for start, end in zip([0, *batches], [*batches, len(told)], strict=True):
            accepted += record(connection, told[start:end], start)
        table = list(alert_table(connection))
        journal = verify_journal(connection)
        apart = list(verify_alerts(connection))
        listed = feed(connection, 0, 100)
        counted = sum(count.alerts for count in counts(connection))

    assert digest(table) == digest(rows_of(made)) == digest(rows_of(told))
    assert isinstance(journal, Verified)
    assert journal.count == accepted
    assert apart == []
    assert counted == len(listed) == len({alert.alert_id for alert in made})
