import numpy as np
import pytest

from detectors.drift import Drift, baseline, stability
from detectors.store.artefact import packed, unpacked

RANDOM = np.random.default_rng(5)
TRAINED = np.column_stack(
    [RANDOM.normal(size=20_000), RANDOM.integers(0, 2, 20_000), np.full(20_000, 3.0)]
)
NAMES = ("amount", "flag", "constant")


def test_what_stays_the_same_has_no_drift() -> None:
    drift = Drift(baseline(TRAINED, NAMES))
    drift.add(TRAINED[RANDOM.permutation(20_000)[:5000]])

    assert max(drift.indices().values()) < 0.02


def test_a_feature_that_moves_is_named_and_no_other() -> None:
    drift = Drift(baseline(TRAINED, NAMES))
    moved = TRAINED[:5000].copy()
    moved[:, 0] += 1

    drift.add(moved)

    found = drift.indices()
    assert found["amount"] > 0.25
    assert found["flag"] < 0.02
    assert found["constant"] == 0


def test_a_constant_that_changes_drifts() -> None:
    drift = Drift(baseline(TRAINED, NAMES))
    moved = TRAINED[:2000].copy()
    moved[:, 2] = 4
    drift.add(moved)
    assert drift.indices()["constant"] > 0.25


def test_values_that_go_missing_drift() -> None:
    drift = Drift(baseline(TRAINED, NAMES))
    moved = TRAINED[:2000].copy()
    moved[::2, 0] = np.nan
    drift.add(moved)
    assert drift.indices()["amount"] > 0.25


def test_few_rows_say_nothing() -> None:
    drift = Drift(baseline(TRAINED, NAMES), least=100)
    drift.add(TRAINED[:99])
    assert drift.indices() == {}
    drift.add(TRAINED[:1])
    assert set(drift.indices()) == set(NAMES)


def test_what_is_long_past_is_forgotten() -> None:
    drift = Drift(baseline(TRAINED, NAMES), block=1000)
    drift.add(TRAINED[:1000] + 5)
    assert drift.indices()["amount"] > 1
    for _ in range(2):
        drift.add(TRAINED[:1000])
    assert drift.indices()["amount"] < 0.05


def test_a_shift_of_a_tenth_is_reckoned_as_the_formula_says() -> None:
    expected = 0.1 * np.log(0.6 / 0.5) - 0.1 * np.log(0.4 / 0.5)
    assert stability([0.5, 0.5], [60, 40]) == pytest.approx(expected)


def test_the_baseline_can_be_kept_with_a_model() -> None:
    kept = unpacked(packed(baseline(TRAINED, NAMES)), "baseline")
    drift = Drift(kept)
    drift.add(TRAINED[:2000])
    assert max(drift.indices().values()) < 0.05


def test_rows_must_have_the_columns_that_are_named() -> None:
    with pytest.raises(ValueError, match="expected 1 columns"):
        baseline(TRAINED, ["amount"])
