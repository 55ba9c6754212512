"""The person's part of a settlement's features, and how it travels to the institution."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.features import habits, purchases, spending
from detectors.features.feature import Feature
from detectors.features.habits import Where
from detectors.features.past import past_of
from rules.histories import keyed
from rules.histories.facts import Fact
from rules.histories.person import Person
from rules.histories.records import Encounter, Visit

FEATURES: Final[tuple[Feature, ...]] = (
    *spending.FEATURES,
    *habits.FEATURES,
    *purchases.FEATURES,
)
NUMBERS: Final = np.dtype("<f4")
"""How features travel and are fitted: four bytes each."""


def person_part(person: Person, visit: Visit, where: Where) -> list[float]:
    """Values of `FEATURES` from what the person's history holds strictly before the visit."""
    past = past_of(person, visit)
    return [*spending.spending(past), *habits.habits(past, where), *purchases.purchases(past)]


def packed(part: list[float]) -> bytes:
    """The part as it travels with the fact."""
    return np.array(part, NUMBERS).tobytes()


def unpacked(part: bytes) -> NDArray[np.float32]:
    """The part as it arrived."""
    return np.frombuffer(part, NUMBERS)


def encounter_of(visit: Visit, part: bytes = b"") -> Encounter:
    """What the institution is told of a visit, with the packed part of its person."""
    doctor = next((line.doctor for line in visit.lines if line.doctor), visit.signer)
    return Encounter(
        visit.event_id,
        visit.time,
        visit.psn_no,
        visit.inst,
        visit.dev or visit.opter,
        doctor,
        visit.kind,
        visit.level,
        visit.area,
        visit.fee,
        visit.fund,
        visit.account + visit.shared,
        visit.cash,
        len(visit.lines),
        visit.scheme == "inpatient",
        part,
        visit.rev_at,
        visit.setl_id,
    )


def told(visit: Visit, part: bytes) -> list[Fact]:
    """Facts for the models' histories of the institution and of the physician.

    A visit that was reversed is told again with the time of its reversal.
    """
    one = encounter_of(visit, part)
    facts = [Fact(keyed.PLACE, one.inst, one)]
    if one.doctor:
        facts.append(Fact(keyed.PHYSICIAN, one.doctor, encounter_of(visit)))
    return facts
