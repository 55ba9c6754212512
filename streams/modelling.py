"""Trains a model from files of events, and scores files of events with one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from detectors.detector import Matrix, Scores, Values, chosen
from detectors.drift import SCORE, baseline
from detectors.features import hits, settlement
from detectors.features.habits import Where
from detectors.features.hits import Hit, hits_part
from detectors.features.verdicts import FEATURES as VERDICT_FEATURES
from detectors.features.verdicts import Verdict, VerdictBook, book_of
from detectors.model import PART, Model, fit_model, model_of
from detectors.registry import all_detectors
from detectors.store.folder import Model as Stored
from detectors.store.folder import load, save
from detectors.store.manifest import Column, Facts, Manifest, Window
from detectors.triage import FEATURES as TRIAGE_FEATURES
from detectors.triage import PART as TRIAGE_PART
from detectors.triage import (
    TooFewVerdictsError,
    Triage,
    fit_triage,
    triage_of,
    with_surprises,
)
from events.times import CST, DAY, day_number, day_of, day_start, moment
from rules.histories.records import Encounter
from streams.training import Rows, Told, book_from, collect, read_records, rows_of

VERDICTS_PART: Final = "verdicts"
BASELINES_PART: Final = "baselines"
"""The part that drift is measured against, by detector."""
_BASELINE_ROWS: Final = 100_000
_STALE_DAYS: Final = 7
"""Verdicts may be up to so much older in scoring than in training; the ranking is taught both."""
_AT_ONCE: Final = 20_000
_HINDSIGHT: Final = 0.02
"""Share of rows with a verdict known before them, below which the window's own stand in."""
Progress = Callable[[str, int], None]


class EmptyWindowError(ValueError):
    """No settlement to train on."""


class Span(Struct, frozen=True):
    """Settlements from `first` to `last`, epoch seconds, both among them."""

    first: int
    last: int


class Trained(Struct, frozen=True):
    """What training made."""

    manifest: Manifest
    settlements: int
    verdicts: int
    labelled: int
    """Verdicts on settlements of the window."""
    unmatched: int
    """Verdicts on no settlement in the files."""
    triage: str
    """Empty where the ranking was learned, else why not."""
    figures: Mapping[str, float]


def span_of(first: date | None, last: date | None) -> Span:
    """The span of two dates, both among it; open where there is none."""
    return Span(
        day_start(day_number(first)) if first is not None else -(1 << 62),
        day_start(day_number(last)) + DAY - 1 if last is not None else 1 << 62,
    )


def train(
    sources: Sequence[Path],
    where: Where,
    out: Path,
    *,
    span: Span,
    told: Mapping[str, Told] | None,
    alerts: Mapping[str, Sequence[Hit]],
    seed: int,
    command: str,
    created: datetime,
    progress: Progress,
) -> Trained:
    """Fit a model to the settlements of a span and save it; earlier ones build histories.

    `told` are verdicts by event id, `alerts` what rules said by event id. Raises EmptyWindowError,
    ModelError.
    """
    records = read_records(sources, lambda done: progress("reading", done))
    book = book_from(records, told or {})
    rows = rows_of(
        collect(records, where, span.first, span.last, lambda done: progress("features", done))
    )
    if not len(rows):
        raise EmptyWindowError(
            f"found no settlement among {len(records)} settlements and reversals in the window,"
            " expected one at least: give other files, or another --from and --until"
        )
    progress("fitting", 0)
    model = fit_model(_matrix(rows), seed)
    parts: dict[str, Any] = {PART: model.part(), BASELINES_PART: _baselines(model, rows.plain)}
    triage, why = _learn(rows, model, book, told or {}, alerts, seed) if told else (None, _NONE)
    if triage is not None:
        parts[TRIAGE_PART] = triage.part()
        keys, known = book.arrays()
        parts[VERDICTS_PART] = {"keys": keys, "rows": known, "prior": book.prior}
    times = [rows.encounters[0].time, rows.encounters[-1].time]
    figures = triage.figures if triage is not None else {}
    labelled = sum(one.event_id in (told or {}) for one in rows.encounters)
    facts = Facts(
        created=created.astimezone(CST).isoformat(timespec="seconds"),
        command=command,
        seed=seed,
        window=Window(
            moment(times[0]).isoformat(), moment(times[1]).isoformat(), len(rows.encounters)
        ),
        features={
            PART: tuple(Column(one.name, one.version) for one in settlement.PLAIN),
            **(
                {TRIAGE_PART: tuple(Column(one.name, one.version) for one in TRIAGE_FEATURES)}
                if triage is not None
                else {}
            ),
        },
        metrics={TRIAGE_PART: figures} if figures else {},
        details={
            "settlements_per_day": model.per_day,
            "verdicts": len(book.verdicts),
            "labelled": labelled,
            "triage": why,
        },
    )
    progress("saving", 0)
    return Trained(
        save(out, parts, facts),
        len(rows),
        len(book.verdicts),
        labelled,
        len(told or {}) - len(book.verdicts),
        why,
        figures,
    )


_NONE: Final = "no verdicts were given"


def _baselines(model: Model, plain: Values) -> dict[str, Any]:
    """What each detector saw in training, and its scores, as drift is measured against it."""
    drawn = plain[:: -(-len(plain) // _BASELINE_ROWS)]
    told = _surprises(model, drawn)
    return {
        one.name: baseline(
            np.concatenate([chosen(drawn, one.columns), told[one.name].reshape(-1, 1)], axis=1),
            (*one.columns, SCORE),
        )
        for one in all_detectors()
    }


def _matrix(rows: Rows) -> Matrix:
    """The rows with their subjects as numbers."""
    places: dict[str, int] = {}
    physicians: dict[str, int] = {}
    found = np.empty((3, len(rows)), np.int64)
    for at, one in enumerate(rows.encounters):
        found[0, at] = places.setdefault(one.inst, len(places))
        found[1, at] = (
            physicians.setdefault(f"{one.inst}|{one.doctor}", len(physicians)) if one.doctor else -1
        )
        found[2, at] = day_of(one.time)
    return Matrix(rows.plain, found[0], found[1], found[2])


def _learn(
    rows: Rows,
    model: Model,
    book: VerdictBook,
    told: Mapping[str, Told],
    alerts: Mapping[str, Sequence[Hit]],
    seed: int,
) -> tuple[Triage | None, str]:
    chosen = [at for at, one in enumerate(rows.encounters) if one.event_id in told]
    if not chosen:
        return None, "no verdict is about a settlement of the window"
    encounters = [rows.encounters[at] for at in chosen]
    plain = rows.plain[chosen]
    labels = np.array([told[one.event_id].confirmed for one in encounters], np.bool_)
    times = np.array([one.time for one in encounters], np.int64)
    surprises = _surprises(model, plain)
    rng = Random(seed)
    matrices = []
    for known in _ages(encounters, book, rng):
        full = _full(plain, encounters, known, alerts)
        matrices.append(with_surprises(full, surprises))
    try:
        return fit_triage(matrices, labels, times, seed), ""
    except TooFewVerdictsError as error:
        return None, str(error)


def _ages(
    encounters: Sequence[Encounter], book: VerdictBook, rng: Random
) -> Iterator[NDArray[np.float32]]:
    """The verdicts' part of rows: as known at each settlement, and as if known later."""
    strict = _verdict_part(encounters, book, lambda: 0)
    yield strict
    counted = [at for at, one in enumerate(VERDICT_FEATURES) if "_known" in one.name]
    if (strict[:, counted].max(axis=1) > 0).mean() >= _HINDSIGHT:
        yield _verdict_part(encounters, book, lambda: rng.randrange(_STALE_DAYS * DAY))
        return
    # All verdicts became known after the window: at training they are known all the same, and
    # those on earlier settlements teach what a verdict on the same subject is worth.
    earlier = [Verdict(one.keys, one.time, one.time + 1, one.confirmed) for one in book.verdicts]
    hindsight = VerdictBook(earlier, book.prior)
    yield _verdict_part(encounters, hindsight, lambda: 0)
    yield _verdict_part(encounters, hindsight, lambda: rng.randrange(_STALE_DAYS * DAY // 2))


def _verdict_part(
    encounters: Sequence[Encounter], book: VerdictBook, stale: Callable[[], int]
) -> NDArray[np.float32]:
    return np.array([book.part(one, stale()) for one in encounters], np.float32)


def _full(
    plain: Values,
    encounters: Sequence[Encounter],
    known: NDArray[np.float32],
    alerts: Mapping[str, Sequence[Hit]],
) -> Values:
    said = np.array([hits_part(alerts.get(one.event_id, ())) for one in encounters], np.float32)
    return np.concatenate([plain, known, said.reshape(len(plain), len(hits.FEATURES))], axis=1)


def _surprises(model: Model, plain: Values) -> dict[str, Scores]:
    pieces = [model.surprises(plain[at : at + _AT_ONCE]) for at in range(0, len(plain), _AT_ONCE)]
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


def known_features() -> dict[str, int]:
    """The features of this fundwatch with their versions."""
    return {one.name: one.version for one in TRIAGE_FEATURES}


def open_model(folder: Path) -> Stored:
    """The stored model of a folder. Raises ModelError."""
    return load(folder, known_features())


class Scorer:
    """Scores settlements with a stored model: the ranking where it was learned, else the anomaly.

    `more` are verdicts that came after training.
    """

    def __init__(self, stored: Stored, more: Sequence[Verdict] = ()) -> None:
        self.model = model_of(stored.parts[PART])
        part = stored.parts.get(TRIAGE_PART)
        self.triage = triage_of(part) if part is not None else None
        self.book = VerdictBook()
        if self.triage is not None:
            known = stored.parts[VERDICTS_PART]
            before = book_of(known["keys"], known["rows"], float(known["prior"]))
            fresh = set(more) - set(before.verdicts)
            self.book = VerdictBook(
                (*before.verdicts, *sorted(fresh, key=lambda one: (one.known_at, one.time))),
                before.prior,
            )

    def score(
        self, plain: Values, encounters: Sequence[Encounter], alerts: Mapping[str, Sequence[Hit]]
    ) -> Scores:
        """One score a row: the probability of being confirmed, or the combined surprise."""
        if self.triage is None:
            return self.model.combined(plain)
        known = _verdict_part(encounters, self.book, lambda: 0)
        full = _full(plain, encounters, known, alerts)
        return self.triage.score(full, self.model.surprises(plain))


def score(
    sources: Sequence[Path],
    where: Where,
    stored: Stored,
    *,
    span: Span,
    told: Mapping[str, Told],
    alerts: Mapping[str, Sequence[Hit]],
    progress: Progress,
) -> Iterator[tuple[str, float]]:
    """Event id and score of each settlement of a span, in the order of time and event id."""
    records = read_records(sources, lambda done: progress("reading", done))
    scorer = Scorer(stored, book_from(records, told).verdicts if told else ())
    found = collect(records, where, span.first, span.last, lambda done: progress("scoring", done))
    for encounters, plain in _batches(found):
        scores = scorer.score(plain, encounters, alerts)
        for one, value in zip(encounters, scores.tolist(), strict=True):
            yield one.event_id, value


def _batches(
    found: Iterator[tuple[Encounter, list[float]]],
) -> Iterator[tuple[list[Encounter], Values]]:
    encounters: list[Encounter] = []
    values: list[list[float]] = []
    for one, row in found:
        encounters.append(one)
        values.append(row)
        if len(values) >= _AT_ONCE:
            yield encounters, np.array(values, np.float32)
            encounters, values = [], []
    if values:
        yield encounters, np.array(values, np.float32)
