"""The detectors together: calibration, decisions, triage and explanations."""

import numpy as np
import pytest

from detectors.calibration import fit_calibration, score_at, share_above, surprise_of
from detectors.decisions import LEAST_SURPRISE, decide
from detectors.detector import Matrix
from detectors.explaining import explain, numbers
from detectors.features import hits
from detectors.features.hits import Hit, hits_part
from detectors.features.settlement import COLUMNS, FEATURES, PLAIN
from detectors.model import fit_model, model_of
from detectors.store.artefact import packed, unpacked
from detectors.triage import TooFewVerdictsError, fit_triage, triage_of, with_surprises
from tests.unit.detectors.test_detectors import matrix


def test_calibration_tells_the_share_of_a_year_and_keeps_the_order() -> None:
    scores = np.random.default_rng(1).exponential(size=20_000)
    fitted = fit_calibration(scores)
    assert share_above(fitted, np.array([np.quantile(scores, 0.99)]))[0] == pytest.approx(
        0.01, rel=0.4
    )
    assert score_at(fitted, 0.01) == pytest.approx(np.quantile(scores, 0.99), rel=0.1)
    told = surprise_of(fitted, np.sort(scores))
    assert (np.diff(told) >= 0).all()
    assert surprise_of(fitted, np.array([5.0]))[0] == pytest.approx(5, abs=0.3)


def test_what_never_happened_is_as_likely_as_everything() -> None:
    fitted = fit_calibration(np.zeros(100))
    assert share_above(fitted, np.zeros(1))[0] == 1
    assert surprise_of(fitted, np.zeros(1))[0] == 0
    assert surprise_of(fitted, np.ones(1))[0] > 0


def test_a_stored_model_scores_the_same() -> None:
    sample = matrix(7)
    model = fit_model(sample, 3)
    again = model_of(unpacked(packed(model.part()), "test"))
    assert np.array_equal(again.combined(sample.values), model.combined(sample.values))
    assert again.decisions == model.decisions
    assert all(decision.threshold > 0 for decision in model.decisions.values())


def test_a_budget_is_kept_and_what_is_common_is_never_told() -> None:
    rng = np.random.default_rng(1)
    days = np.repeat(np.arange(100), 1000)
    decision = decide("settlement", rng.exponential(2, len(days)), days, per_day=100_000)
    assert decision.one_in == pytest.approx(1000 / 20, rel=0.1)
    nothing = decide("settlement", np.zeros(1000), np.arange(1000) % 10, 100.0)
    assert nothing.threshold >= LEAST_SURPRISE


def test_a_planted_settlement_comes_first_and_is_explained() -> None:
    sample = matrix(8, rows=3000)
    model = fit_model(sample, 3)
    row = sample.values[0].copy()
    row[COLUMNS["fee_over_own"]] = 9
    rest = model.combined(sample.values)
    assert model.combined(row.reshape(1, -1))[0] > rest.max()
    reasons = explain(model, "person", row)
    assert reasons[0].feature == "fee_over_own"
    assert reasons[0].weight > 0.5
    assert "倍" in reasons[0].zh
    assert "times" in reasons[0].en
    assert numbers(reasons)["fee_over_own"] == pytest.approx(np.exp(9), rel=1e-3)


def test_one_institution_alone_does_not_decide_every_score() -> None:
    """What is the same for all settlements of a day must not hide what differs."""
    sample = matrix(10, rows=3000)
    sample.institutions[:] = 0
    sample.values[:, COLUMNS["inst_drift"]] = sample.days
    model = fit_model(sample, 3)
    later = sample.values.copy()
    later[:, COLUMNS["inst_drift"]] = 60
    later[7, COLUMNS["fee_over_own"]] = 9
    assert int(np.argmax(model_of(model.part()).combined(later))) == 7


@pytest.mark.parametrize(
    ("about", "column"),
    [
        ("institution_drift", "inst_drift"),
        ("physician", "doctor_today"),
        ("co_visit", "companion_surprise"),
    ],
)
def test_every_kind_of_alert_is_explained_by_what_drove_it(about: str, column: str) -> None:
    sample = matrix(9, rows=2000)
    model = fit_model(sample, 3)
    row = sample.values[0].copy()
    row[COLUMNS[column]] = 60
    assert explain(model, about, row)[0].feature == column


def _rows(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, Matrix]:
    rng = np.random.default_rng(seed)
    sample = matrix(seed, rows=1500)
    rest = np.zeros((1500, len(FEATURES) - len(PLAIN) + len(hits.FEATURES)), np.float32)
    labels = rng.random(1500) < 0.1
    sample.values[labels, COLUMNS["fee_over_own"]] += 3
    return np.concatenate([sample.values, rest], axis=1), labels, np.arange(1500), sample


def test_triage_learns_the_order_and_a_probability() -> None:
    rows, labels, times, sample = _rows(1)
    model = fit_model(sample, 1)
    fitted = fit_triage(
        [with_surprises(rows, model.surprises(sample.values))], labels, times, seed=1
    )
    assert fitted.figures["average_precision"] > 0.8
    other, truth, _, fresh = _rows(2)
    told = fitted.score(other, model.surprises(fresh.values))
    assert told[truth].mean() > 0.6
    assert told[~truth].mean() < 0.1
    again = triage_of(unpacked(packed(fitted.part()), "test"))
    assert np.array_equal(again.score(other, model.surprises(fresh.values)), told)


def test_triage_refuses_to_learn_from_nothing() -> None:
    rows, labels, times, sample = _rows(3)
    model = fit_model(sample, 1)
    with pytest.raises(TooFewVerdictsError, match="found 0 confirmed and 1500 dismissed"):
        fit_triage(
            [with_surprises(rows, model.surprises(sample.values))],
            np.zeros_like(labels),
            times,
            seed=1,
        )


def test_alerts_of_rules_are_told_to_the_ranking() -> None:
    names = [feature.name for feature in hits.FEATURES]
    part = dict(
        zip(names, hits_part([Hit("cash_out", 1, 10_000), Hit("usage", 3, 50)]), strict=True)
    )
    assert part["hits"] == 2
    assert part["hit_gravity"] == 3
    assert part["hit_cash_out"] == part["hit_usage"] == 1
    assert part["hit_amount"] == pytest.approx(np.log(101))
    assert not any(hits_part(()))
