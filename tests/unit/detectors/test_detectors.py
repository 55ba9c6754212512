"""Contracts that every detector keeps; they discover the detectors by themselves."""

import doctest
import re
from importlib import import_module

import numpy as np
import pytest

from detectors.detector import Detector, Matrix
from detectors.features.settlement import COLUMNS, PLAIN
from detectors.registry import all_detectors
from detectors.store.artefact import packed, unpacked

_PARTS = (
    "What it does",
    "When it works",
    "When it does not work",
    "Parameters",
    "Example and paper",
)
_ALL = pytest.mark.parametrize("one", all_detectors(), ids=lambda one: one.name)


def matrix(seed: int, rows: int = 600) -> Matrix:
    """Plausible rows: 20 institutions with two physicians each over 20 days."""
    rng = np.random.default_rng(seed)
    values = rng.normal(2.5, 0.5, (rows, len(PLAIN))).astype(np.float32)
    values[:, [COLUMNS["kind"], COLUMNS["level"], COLUMNS["area"]]] = 1, 3, 640100
    return Matrix(
        values, rng.integers(0, 20, rows), rng.integers(0, 40, rows), rng.integers(0, 20, rows)
    )


def test_there_is_a_detector_for_every_kind_of_alert() -> None:
    assert {one.about for one in all_detectors()} == {
        "settlement",
        "person",
        "institution",
        "physician",
        "co_visit",
        "institution_drift",
    }


@_ALL
def test_it_says_what_it_does_and_when_it_does_not_work(one: Detector) -> None:
    text = type(one).__doc__ or ""
    places = [text.find(part) for part in _PARTS]
    assert -1 not in places
    assert places == sorted(places)
    assert re.search(r"\((?:19|20)\d\d\)|\(\w+[^)]* (?:19|20)\d\d\)|OIG", text)


@_ALL
def test_its_example_runs(one: Detector) -> None:
    module = import_module(type(one).__module__)
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


@_ALL
def test_it_scores_each_row_by_itself(one: Detector) -> None:
    sample = matrix(1)
    fitted = one.fit(sample, 3)
    scores = one.score(fitted, sample.values)
    assert scores.shape == (len(sample),)
    assert np.isfinite(scores).all()
    alone = np.concatenate([one.score(fitted, sample.values[at : at + 1]) for at in range(40)])
    assert np.allclose(alone, scores[:40], rtol=1e-6)


@_ALL
def test_the_same_seed_gives_the_same_scores(one: Detector) -> None:
    sample = matrix(2)
    first, second = (one.score(one.fit(sample, 5), sample.values) for _ in range(2))
    assert first.tobytes() == second.tobytes()


@_ALL
def test_it_survives_the_store(one: Detector) -> None:
    sample = matrix(3)
    fitted = dict(one.fit(sample, 1))
    again = unpacked(packed({"part": fitted}), "test")["part"]
    assert np.array_equal(one.score(again, sample.values), one.score(fitted, sample.values))


@_ALL
def test_it_looks_only_at_the_columns_it_names(one: Detector) -> None:
    sample = matrix(4)
    fitted = one.fit(sample, 1)
    others = [at for name, at in COLUMNS.items() if name not in one.columns and at < len(PLAIN)]
    changed = sample.values.copy()
    changed[:, others] = 99
    assert np.array_equal(one.score(fitted, changed), one.score(fitted, sample.values))


@_ALL
def test_one_row_is_enough_to_fit(one: Detector) -> None:
    sample = matrix(5, rows=1)
    assert np.isfinite(one.score(one.fit(sample, 1), sample.values)).all()
