"""Going on from where a year was reckoned to says the same as reckoning it whole each time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from events.codec import decode_object
from events.kinds import Event
from events.times import CST
from rules.benefit_rules.years import reckoned
from rules.context import Context
from rules.engine import Change, Engine
from rules.histories.forking import fork
from rules.histories.intake import home
from rules.histories.keyed import PERSON, forget
from rules.histories.person import Person
from rules.histories.records import Visit
from rules.registry import load_rules
from tests.unit.rules.benefit_rules.test_years import CHIFENG, CONTEXT, settled

RULES = load_rules(["benefit.cap_exceeded", "benefit.deductible_skipped", "benefit.wrong_ratio"])
ENGINE = Engine(RULES, CONTEXT, strict=True)
DEDUCTIBLE = {"act_pay_dedc": "800.00"}
PAID = {"hifp_pay": "250.00"}


def told(events: Sequence[Event], *, whole: bool) -> list[Change]:
    """Everything said of one person's events; `whole` has every year gone through each time."""
    person, out = Person("P"), list[Change]()
    for event in events:
        for fact in home(event):
            changed = person.take(fact.record) if fact.kind == PERSON else None
            if whole:
                person.course = None
            ENGINE.look(PERSON, person, changed or (), out)
    return out


def settlement(random: Random) -> dict[str, Any]:
    """A settlement with round sums, mostly under general pooling, often drawing on nothing."""
    scope = random.choice([0, 700, 1000, 2000, 5000])
    pool = scope * random.choice([0, 0, 20, 40, 50, 55, 80]) // 100
    return {
        "event_type": "settlement",
        "inscp_scp_amt": str(scope),
        "medfee_sumamt": str(scope or 1000),
        "act_pay_dedc": random.choice(["0", "0", "0", "199", "300", "700"]),
        "hifp_pay": str(pool),
        "fund_pay_sumamt": str(pool),
        "med_type": random.choice(["11", "11", "11", "11", "14", "41", "21"]),
        "fixmedins_code": random.choice(["H15040000001", "H15040000001", "P15040000001"]),
    }


def another(random: Random) -> dict[str, Any]:
    """A record that changes what settlements have used."""
    amount = random.choice(["300.00", "900.00"])
    reversal = {
        "event_type": "reversal",
        "init_setl_id": f"E{random.randrange(8)}",
        "fund_pay_sumamt": random.choice(["0.00", "0.00", "100.00"]),
    }
    status = {
        "event_type": "insurance_status",
        "insutype": "310",
        "psn_insu_stas": "1",
        "clct_way": random.choice(["full", "pool_only"]),
        "begndate": "2024-01-01",
    }
    claim = {
        "event_type": "manual_claim",
        "med_type": "11",
        "inscp_scp_amt": amount,
        "medfee_sumamt": amount,
    }
    entitlement = {
        "event_type": "entitlement",
        "action": "register",
        "med_type": "14",
        "dise_codg": "M03900",
        "begndate": "2024-01-01",
        "cap_raise_amt": random.choice(["0.00", "2000.00"]),
        "cap_raise_approver": "S001",
    }
    return random.choice([reversal, reversal, status, claim, claim, entitlement])


def events_of(random: Random) -> list[Event]:
    """A person's year in the order of its times, but for what comes later than its turn."""
    records = [settlement(random) for _ in range(random.randint(3, 9))]
    records += [another(random) for _ in range(random.randrange(5))]
    events = []
    for number, fields in enumerate(records):
        begun = datetime(2024, 1, 1, 10, 0, number, tzinfo=CST)
        time = begun + timedelta(days=random.randint(1, 300))
        names = {"event_id": f"E{number}", "psn_no": "P", "event_time": time.isoformat()}
        if fields["event_type"] == "settlement":
            names["setl_id"] = names["event_id"]
            fields |= {"insutype": "310", "psn_type": "11"}
        events.append(decode_object({**CHIFENG, **fields, **names}).event)
    events.sort(key=lambda event: event.event_time)
    for _ in range(random.randrange(3)):
        events.append(events.pop(random.randrange(len(events))))
    return events


@pytest.mark.parametrize("seed", range(4))
def test_the_same_is_said_as_of_the_whole_year(seed: int) -> None:
    """After each event the same, whatever comes late."""
    random, said = Random(seed), 0
    for _ in range(800):
        events = events_of(random)
        changes = told(events, whole=False)
        assert changes == told(events, whole=True)
        said += len(changes)
    assert said > 500


def year(*told: tuple[str, str, dict[str, Any]]) -> tuple[Person, Visit]:
    """A person whose settlements (name, time, fields) were reckoned as they came; the last one."""
    person = Person("P")
    for name, time, more in told:
        record = home(settled(name, time, "1000.00", **more))[0].record
        person.take(record)
        reckoned(CONTEXT, person, record)
    assert isinstance(record, Visit)
    return person, record


def add(
    person: Person, name: str, time: str, more: dict[str, Any], context: Context = CONTEXT
) -> list[str]:
    """The settlements that are reckoned when one is added."""
    record = home(settled(name, time, "1000.00", **more))[0].record
    person.take(record)
    return [one.visit.event_id for one in reckoned(context, person, record)]


BEGUN = (("a", "2024-02-01T10:00:00", DEDUCTIBLE), ("b", "2024-03-01T10:00:00", DEDUCTIBLE))


def test_only_what_is_new_is_reckoned() -> None:
    person, _ = year(*BEGUN)
    assert add(person, "c", "2024-04-01T10:00:00", PAID) == ["c"]
    assert add(person, "d", "2024-05-01T10:00:00", PAID) == ["d"]


@pytest.mark.parametrize("time", ["2024-01-15T10:00:00", "2024-02-15T10:00:00"])
def test_what_comes_late_has_the_whole_year_reckoned(time: str) -> None:
    person, _ = year(*BEGUN)
    assert len(add(person, "late", time, PAID)) == 3
    assert add(person, "d", "2024-05-01T10:00:00", PAID) == ["d"]
    person, _ = year(*BEGUN)
    assert {"a", "b"} <= set(add(person, "late", time, {}))


def test_a_new_year_a_new_context_and_a_year_forgotten_have_it_reckoned_whole() -> None:
    person, _ = year(*BEGUN)
    assert len(add(person, "c", "2024-04-01T10:00:00", PAID, Context())) == 3
    assert add(person, "d", "2025-01-01T10:00:00", PAID) == ["d"]
    person, record = year(*BEGUN)
    assert forget(person, PERSON, record.time + 600 * 86_400) == 0
    assert [visit.event_id for visit in person.visits] == ["a", "b"]
    assert forget(person, PERSON, record.time + 800 * 86_400) == 0
    assert person.visits == []
    assert add(person, "c", "2024-04-01T10:00:00", PAID) == ["c"]


def test_a_copy_goes_on_by_itself() -> None:
    person, _ = year(*BEGUN)
    copied = fork(person)
    assert add(copied, "x", "2024-04-01T10:00:00", PAID) == ["x"]
    record = home(settled("c", "2024-04-02T10:00:00", "1000.00", **PAID))[0].record
    person.take(record)
    (one,) = reckoned(CONTEXT, person, record)
    assert (one.visit.event_id, one.paid_year) == ("c", 0)


def test_costs_that_drew_on_nothing_use_the_deductible_where_none_is_ever_told() -> None:
    lefts = []
    for whole in (False, True):
        person = Person("P")
        for number, pool in enumerate(["0.00", "0.00", "0.00", "50.00"]):
            time = f"2024-0{number + 1}-01T10:00:00"
            record = home(settled(f"E{number}", time, "300.00", hifp_pay=pool))[0].record
            person.take(record)
            if whole:
                person.course = None
            elif number == 2:
                continue  # as the rules leave out what drew on nothing
            one = reckoned(CONTEXT, person, record)[-1]
        lefts.append(one.left)
    assert lefts == [100_00, 100_00]
