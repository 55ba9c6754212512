"""Ordinary life is quiet in every area, with all families on; what was planted is found.

The simulator writes benefits, sharing and terms from the documents by itself, so this says whether
two readings of them agree.
"""

from datetime import date
from pathlib import Path

import pytest

from benchmarks.detection import AREAS, run
from simulation import simulate


@pytest.mark.parametrize(("area", "start"), [*AREAS, ("150400", date(2024, 6, 1))])
def test_ordinary_life_is_quiet_and_frauds_are_found(
    tmp_path: Path, area: str, start: date
) -> None:
    simulate(tmp_path, seed=11, persons=700, days=60, start=start, area=area)
    quality = run(tmp_path)
    assert quality.right > 40
    assert quality.precision >= 0.97, [(alert.rule_id, alert.message_en) for alert in quality.wrong]
    assert quality.recall >= 0.95, quality.planted - quality.found
    assert quality.near_miss_rate <= 0.02, quality.raised


def test_the_lower_rate_and_care_away_play_in_chifeng(tmp_path: Path) -> None:
    simulate(tmp_path, seed=11, persons=700, days=60, start=date(2023, 3, 20), area="150400")
    quality = run(tmp_path)
    assert quality.planted["offsite_too_early"] == quality.found["offsite_too_early"] == 1
    assert quality.planted["low_rate_paid"] == quality.found["low_rate_paid"] == 1
    assert quality.raised["offsite_too_early"] == quality.raised["low_rate_paid"] == 0
