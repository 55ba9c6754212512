"""A hospital whose mean fee triples is told in the stream, and nobody else is."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from events.times import CST, epoch
from rules.context import Context
from rules.reference import EMPTY
from streams.assembly import Assembly
from streams.modelling import Span, train
from streams.replay import replay

BEGIN = datetime(2024, 1, 1, tzinfo=CST)
DAYS = 112
RISES = 56
PLACES = 12
DRIFTING = "H64010000003"


def _settlements() -> Iterator[dict[str, Any]]:
    """Twelve hospitals with six settlements a day; one rises threefold within eight weeks."""
    rng = np.random.default_rng(4)
    for day in range(DAYS):
        for place in range(PLACES):
            code = f"H640100000{place:02d}"
            for number in range(6):
                level = 4.3 + 0.1 * place
                fee = float(rng.lognormal(level, 0.8))
                if code == DRIFTING:
                    fee *= 1 + 2 * min(max((day - RISES) / 56, 0), 1)
                name = f"S{day:03d}{place:02d}{number}"
                time = BEGIN + timedelta(days=day, hours=8 + number, minutes=place)
                yield {
                    "event_type": "settlement",
                    "event_id": name,
                    "setl_id": name,
                    "event_time": time.isoformat(),
                    "psn_no": f"P{rng.integers(400):04d}",
                    "fixmedins_code": code,
                    "fixmedins_type": "1",
                    "hosp_lv": "5",
                    "insuplc_admdvs": "640100",
                    "mdtrtarea_admvs": "640100",
                    "med_type": "11",
                    "medfee_sumamt": f"{fee:.2f}",
                    "psn_cash_pay": f"{fee:.2f}",
                }


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("drift") / "events.ndjson"
    path.write_text("".join(json.dumps(one) + "\n" for one in _settlements()), encoding="utf-8")
    return path


@pytest.mark.parametrize("learned", [RISES, DAYS], ids=["before", "whole"])
def test_the_drifting_hospital_alone_is_told(events: Path, tmp_path: Path, learned: int) -> None:
    """Also where the model was fitted on days of which the drift is a part."""
    until = BEGIN + timedelta(days=learned)
    train(
        [events],
        Context(EMPTY),
        tmp_path / "model",
        span=Span(epoch(BEGIN), epoch(until) - 1),
        told=None,
        alerts={},
        seed=1,
        command="test",
        created=datetime(2024, 5, 1, tzinfo=UTC),
        progress=lambda _doing, _done: None,
    )
    found = replay(
        [events],
        Assembly(rules=("anomaly.institution_drift",), models=tmp_path / "model"),
        workers=1,
    ).alerts
    assert {alert.evidence["place"] for alert in found} == {DRIFTING}
    first = min(alert.first_event_time for alert in found)
    assert timedelta(days=RISES) < first - BEGIN < timedelta(days=RISES + 50)
