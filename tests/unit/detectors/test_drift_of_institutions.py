"""A threefold drift of an institution's mean fee stands out from chance."""

import numpy as np
import pytest

from detectors.features.drift import drift
from detectors.features.settlement import COLUMNS
from detectors.model import fit_model
from rules.histories import tallies
from tests.unit.detectors.test_detectors import matrix


def _days(seed: int, weeks_of_drift: int, a_day: int = 15) -> dict[int, list[int]]:
    """Thirteen weeks of fees; the last ones rise to three times the level."""
    rng = np.random.default_rng(seed)
    days: dict[int, list[int]] = {}
    for day in range(91):
        passed = max(0, day - (91 - 7 * weeks_of_drift)) / max(7 * weeks_of_drift, 1)
        fees = rng.lognormal(5, 0.9, a_day) * (1 + 2 * passed)
        logs = [tallies.log_fee(int(fee * 100)) for fee in fees]
        sums = [0] * tallies.SIZE
        sums[tallies.COUNT] = a_day
        sums[tallies.LOG] = sum(logs)
        sums[tallies.SQUARE] = sum(one * one for one in logs)
        days[day] = sums
    return days


@pytest.mark.parametrize("weeks", [5, 8, 12])
def test_a_threefold_drift_lies_far_beyond_chance(weeks: int) -> None:
    quiet = [drift(_days(seed, 0), 91)[0] for seed in range(40)]
    drifting = [drift(_days(seed, weeks), 91)[0] for seed in range(10)]
    assert min(drifting) > 1.5 * max(quiet)
    assert drift(_days(1, weeks), 91)[1] > 0.4


@pytest.mark.parametrize("a_day", [2, 60])
def test_chance_is_alike_at_any_volume(a_day: int) -> None:
    quiet = [drift(_days(seed, 0, a_day), 91)[0] for seed in range(60)]
    assert np.quantile(quiet, 0.75) < 1.8
    assert max(quiet) < 3.5
    assert min(drift(_days(seed, 8, a_day), 91)[0] for seed in range(10)) > 3.5


def test_a_drift_in_the_training_data_does_not_hide_itself() -> None:
    """One of twelve institutions drifts for half the time and has most of the settlements."""
    sample = matrix(12, rows=6000)
    sample.institutions[:] = np.arange(len(sample)) % 12
    sample.institutions[::2] = 3
    sample.values[:, COLUMNS["inst_drift"]] = np.abs(
        np.random.default_rng(2).normal(0, 1, len(sample))
    )
    late = sample.days > np.median(sample.days)
    sample.values[(sample.institutions == 3) & late, COLUMNS["inst_drift"]] = 8
    model = fit_model(sample, 3)
    over = model.about(sample.values)["institution_drift"] >= (
        model.decisions["institution_drift"].threshold
    )
    assert over[(sample.institutions == 3) & late].all()
    assert over[sample.institutions != 3].mean() < 0.01


def test_little_data_tells_nothing() -> None:
    assert drift({}, 91) == (0.0, 0.0)
    assert drift({90: _days(1, 0)[90]}, 91) == (0.0, 0.0)
