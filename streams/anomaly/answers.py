"""Scores to findings: what is told of high scores, why, and about whom."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from detectors.decisions import QUIET_DAYS
from events.times import day_of, moment
from rules.findings import Finding
from rules.histories.digests import pseudonym
from rules.histories.records import Encounter
from rules.panel import Asked, Judged
from streams.anomaly import dirty as dirt
from streams.anomaly.bench import Seat
from streams.anomaly.judges import Rows, Scores

NameOf = Callable[[str], str]
_REASONS: Final = 4
_PERSONS: Final = frozenset({"person", "co_visit"})


def answers(seat: Seat, asked: Asked, scores: Scores, name_of: NameOf) -> Iterator[Judged]:
    """What a judge says of a sheet, given the scores of its rows."""
    if seat.judge.mode == "each":
        return _each(seat, asked, scores, name_of)
    if seat.judge.mode == "first":
        return _first(seat, asked, scores, name_of)
    return _onset(seat, asked, scores, name_of)


def _each(seat: Seat, asked: Asked, scores: Scores, name_of: NameOf) -> Iterator[Judged]:
    high = (scores >= seat.judge.threshold).tolist()
    for number, record in enumerate(_encounters(asked)):
        finding = None
        if high[number]:
            finding = _of_one(seat, asked, number, record, float(scores[number]), name_of)
        yield _judged(seat, asked, record.event_id, finding)


def _first(seat: Seat, asked: Asked, scores: Scores, name_of: NameOf) -> Iterator[Judged]:
    """The first high score of each physician's day; an earlier one that stands is left alone."""
    seen: set[str] = set()
    high = (scores >= seat.judge.threshold).tolist()
    for number, record in enumerate(_encounters(asked)):
        if not high[number] or not record.doctor:
            continue
        about = f"{seat.judge.detector}|{record.doctor}|{_date(record)}"
        if about in seen:
            continue
        seen.add(about)
        known = asked.history.standing.get(f"{seat.rule.id}|{about}")
        if known is not None and known.digest and known.time < record.time:
            continue
        finding = _of_one(seat, asked, number, record, float(scores[number]), name_of)
        yield _judged(seat, asked, about, finding)


def _onset(seat: Seat, asked: Asked, scores: Scores, name_of: NameOf) -> Iterator[Judged]:
    """Days on which a unit begins to stand out after it was quiet for long enough."""
    records = _encounters(asked)
    high = (scores >= seat.judge.threshold).tolist()
    days = {day_of(record.time) for record, loud in zip(records, high, strict=True) if loud}
    lead = asked.rows.lead
    for number, record in enumerate(records[lead:], lead):
        day = day_of(record.time)
        quiet = not any(day - back in days for back in range(1, QUIET_DAYS + 1))
        finding = None
        if high[number] and quiet:
            week: dirt.Week = asked.rows.weeks[number - lead]
            finding = _finding(
                seat,
                asked.rows.rows[number],
                record,
                float(scores[number]),
                name_of,
                week=week,
            )
        unit = f"{record.doctor}|" if seat.judge.unit == "physician" else ""
        yield _judged(seat, asked, f"{seat.judge.detector}|{unit}{_date(record)}", finding)


def _of_one(
    seat: Seat, asked: Asked, number: int, record: Encounter, score: float, name_of: NameOf
) -> Finding:
    week = dirt.Week(
        1,
        record.fee,
        record.fund + record.account,
        (record.event_id,),
        (record.setl_id,) if record.setl_id else (),
    )
    return _finding(seat, asked.rows.rows[number], record, score, name_of, week=week)


def _finding(
    seat: Seat, row: Rows, record: Encounter, score: float, name_of: NameOf, *, week: dirt.Week
) -> Finding:
    judge = seat.judge
    why = judge.reasons(row)
    evidence: dict[str, Any] = {
        "detector": judge.detector,
        "place": name_of(record.inst),
        "settled_at": record.time,
        "period": _date(record),
        "fee_fen": week.fee,
        "settlements": week.settlements,
        "score": round(score, 4),
        "threshold": round(judge.threshold, 4),
        "one_in": judge.one_in,
        "why_zh": "；".join(why.zh[:_REASONS]),
        "why_en": "; ".join(why.en[:_REASONS]),
        "features": {name: round(value, 4) for name, value in why.numbers.items()},
        "model": seat.model,
    }
    if judge.mode == "each":
        evidence["person"] = pseudonym(record.psn_no)
    if judge.unit == "physician":
        evidence["doctor"] = record.doctor
    subject = ""
    if judge.about in _PERSONS:
        subject = record.psn_no
    elif judge.unit == "physician":
        subject = record.doctor
    return Finding(
        event_ids=week.event_ids,
        setl_ids=week.setl_ids,
        amount=week.public,
        first=record.time,
        last=record.time,
        area=record.area,
        evidence=evidence,
        involved=week.fee,
        withdrawn=bool(record.rev_at) and judge.mode == "each",
        subject=subject,
    )


def _judged(seat: Seat, asked: Asked, about: str, finding: Finding | None) -> Judged:
    return Judged(seat.rule, asked.kind, asked.history, about, finding, asked.mark)


def _encounters(asked: Asked) -> Sequence[Encounter]:
    return [record for record in asked.records if isinstance(record, Encounter)]


def _date(record: Encounter) -> str:
    return moment(record.time).date().isoformat()
