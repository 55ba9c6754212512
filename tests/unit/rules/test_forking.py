"""A copy of a history goes its own way."""

from typing import Any

import msgspec
import pytest

from events.codec import decode_object
from rules.histories import keyed
from rules.histories.forking import fork
from rules.histories.history import History, Standing
from rules.histories.intake import home
from rules.histories.keyed import KINDS
from rules.histories.person import Person
from rules.histories.records import Encounter


def _settled(event_id: str, day: int) -> dict[str, Any]:
    return {
        "event_type": "settlement",
        "event_id": event_id,
        "event_time": f"2024-03-{day:02}T10:00:00",
        "setl_id": event_id,
        "psn_no": "PERSON-1",
        "fixmedins_code": "P64010000001",
        "insuplc_admdvs": "640100",
        "medfee_sumamt": "100.00",
    }


def _frozen(history: History) -> bytes:
    return msgspec.msgpack.encode(history)


def test_a_person_is_not_changed_by_what_a_copy_takes_up() -> None:
    person = Person("PERSON-1")
    for day in (1, 3):
        person.take(home(decode_object(_settled(f"S-{day}", day)).event)[0].record)
    person.stand("a|b", Standing(1, 1, 1))
    before = _frozen(person)
    copied = fork(person)
    assert _frozen(copied) == before
    copied.take(home(decode_object(_settled("S-2", 2)).event)[0].record)
    back = {"event_type": "reversal", "event_id": "R", "setl_id": "S-1", "psn_no": "PERSON-1"}
    copied.take(home(decode_object({**back, "event_time": "2024-03-04T10:00:00"}).event)[0].record)
    copied.stand("c|d", Standing(1, 1, 1))
    assert _frozen(person) == before
    assert _frozen(copied) != before


@pytest.mark.parametrize("kind", [keyed.PLACE, keyed.PHYSICIAN])
def test_mappings_of_lists_are_copied_down_to_the_records(kind: str) -> None:
    place = KINDS[kind]("P64010000001")
    place.take(_encounter("S-1", 1_709_258_400))
    before = _frozen(place)
    copied = fork(place)
    assert _frozen(copied) == before
    copied.take(_encounter("S-2", 1_709_258_500))
    assert _frozen(place) == before
    assert _frozen(copied) != before


def _encounter(event_id: str, time: int) -> Encounter:
    """An encounter with whatever fits its fields."""
    made: dict[str, Any] = {}
    for name, kind in Encounter.__annotations__.items():
        made[name] = {str: "x", int: 1, float: 1.0, bool: False}.get(kind, ())
    return Encounter(**{**made, "event_id": event_id, "time": time})
