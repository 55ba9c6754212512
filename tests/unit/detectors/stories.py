"""Settlements made up for the tests of features and detectors."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.features import person, settlement
from detectors.features.habits import Nowhere
from detectors.features.verdicts import VerdictBook
from events.codec import decode_object
from rules.histories.intake import home
from rules.histories.keyed import Place
from rules.histories.person import Person
from rules.histories.records import Encounter, Refund, Visit

HOSPITAL = "H64010000001"


def visit(number: int, psn_no: str, time: str, fee: str = "100.00", **fields: Any) -> Visit:
    """A settlement with an id of its own."""
    event = {
        "event_type": "settlement",
        "event_id": f"E{number:05d}",
        "event_time": time,
        "psn_no": psn_no,
        "setl_id": f"S{number}",
        "fixmedins_code": HOSPITAL,
        "insuplc_admdvs": "640100",
        "mdtrtarea_admvs": "640100",
        "medfee_sumamt": fee,
        "acct_pay": fee,
        "med_type": "11",
        **fields,
    }
    record = home(decode_object(event).event)[0].record
    assert isinstance(record, Visit)
    return record


def refund(number: int, visit: Visit, time: str) -> Refund:
    """A reversal of a settlement."""
    event = {
        "event_type": "reversal",
        "event_id": f"E{number:05d}",
        "event_time": time,
        "psn_no": visit.psn_no,
        "setl_id": f"R{number}",
        "init_setl_id": visit.setl_id,
        "fixmedins_code": visit.inst,
    }
    record = home(decode_object(event).event)[0].record
    assert isinstance(record, Refund)
    return record


class World:
    """People and institutions in memory, taking records in any order."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.places: dict[str, Place] = {}

    def take(self, psn_no: str, record: Visit | Refund) -> None:
        """Take a record to its person, and what it changes to the institutions."""
        history = self.people.setdefault(psn_no, Person(psn_no))
        for changed in history.take(record) or ():
            if isinstance(changed, Visit):
                one = person.encounter_of(changed)
                self.places.setdefault(one.inst, Place(one.inst)).take(one)

    def row(self, one: Visit, book: VerdictBook | None = None) -> NDArray[np.float32]:
        """The row of a settlement as the histories now tell it."""
        part = person.packed(person.person_part(self.people[one.psn_no], one, Nowhere()))
        encounter: Encounter = person.encounter_of(one, part)
        return settlement.whole_row(self.places[one.inst], encounter, book or VerdictBook())


def world_of(records: Iterable[tuple[str, Visit | Refund]]) -> World:
    """A world that took records in the given order."""
    world = World()
    for psn_no, record in records:
        world.take(psn_no, record)
    return world


def value(row: NDArray[np.float32] | Sequence[float], name: str) -> float:
    """A feature's value by name."""
    return float(row[settlement.COLUMNS[name]])
