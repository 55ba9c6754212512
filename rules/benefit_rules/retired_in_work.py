"""The pool paid somebody on retirees' terms who was in work.

Retirees have a higher ratio and cap. A settlement that says retired is held against the reports
of the insurance: they said in work before it, none has ever said retired, and the person was too
young to have retired or is still said to be in work afterwards. Told is what retirees' terms
allowed beyond those in work; what they did not allow either is told by the rules on ratio and cap.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from events.codes import is_retired
from events.times import day_of
from rules.benefit_rules.payments import CITY
from rules.benefit_rules.spans import year_start
from rules.benefit_rules.tariffs import Tariff, level, tariff_of
from rules.benefit_rules.working import in_work
from rules.benefit_rules.years import Reckoning, year_reckoned
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Benefit, Claim, Status, Visit
from rules.histories.spreading import at_pharmacy
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Status, Claim, Benefit)
SUBJECT: Final = "person"
_SEVERITY: Final = {"age": 2, "later": 3}
_WHY: Final = {
    "age": ("未达最低退休年龄", "too young to have retired"),
    "later": ("其后仍登记为在职", "still reported in work afterwards"),
}


def check(
    rule: Rule, context: Context, person: Person, record: Visit | Status | Claim | Benefit
) -> Iterable[Verdict]:
    """One matter a settlement: that it was paid on retirees' terms to somebody in work."""
    if not person.statuses or not person.visits or not _is_doubtful(person, record):
        return ()
    if isinstance(record, Visit):
        years: Iterable[int] = (record.time,)
    else:
        years = {year_start(visit.time): visit.time for visit in person.visits}.values()
    return _verdicts(rule, context, person, years)


def _is_doubtful(person: Person, record: Visit | Status | Claim | Benefit) -> bool:
    """Whether a settlement says retired and only in work was reported.

    A report withdraws what was told before, whatever it says.
    """
    if not isinstance(record, Status):
        said = False
        for status in person.statuses:
            if status.person_type:
                if is_retired(status.person_type):
                    return False
                said = True
        if not said:
            return False
    last = ""
    for visit in person.visits:
        kind = visit.person_type
        if kind != last:
            if kind and is_retired(kind):
                return True
            last = kind
    return False


def _says_retired(one: Visit | Status) -> bool:
    return one.person_type != "" and is_retired(one.person_type)


def _verdicts(
    rule: Rule, context: Context, person: Person, years: Iterable[int]
) -> Iterator[Verdict]:
    for time in years:
        filled: dict[tuple[str, str], int] = {}
        for one in year_reckoned(context, person, time):
            visit = one.visit
            terms = _terms_in_work(context, visit)
            place = visit.insured_area[:CITY]
            used = sum(filled.get((place, scheme), 0) for scheme in terms.capped)
            allowed = _allowed(one, terms, used)
            if one.paid and _says_retired(visit):
                finding = _look(rule, context, person.statuses, one, terms, allowed)
                yield Verdict(visit.event_id, withdrawn(finding) if visit.rev_at else finding)
            if not visit.rev_at and one.ordinary:
                key = (place, terms.scheme)
                filled[key] = filled.get(key, 0) + min(one.paid, allowed)


def _terms_in_work(context: Context, visit: Visit) -> Tariff:
    return tariff_of(
        context,
        visit.insured_area,
        day_of(visit.time),
        visit.scheme,
        level(context, visit),
        pharmacy=at_pharmacy(visit),
        old=False,
    )


def _allowed(one: Reckoning, terms: Tariff, filled: int) -> int:
    """The most that the terms of those in work allow (fen), the deductible apart."""
    most = one.paid
    if one.known and one.told:
        most = min(most, terms.of(one.in_policy - min(one.used, one.left)))
    if terms.cap is not None:
        most = min(most, max(0, terms.cap + one.raise_.amount - filled))
    return most


def _look(
    rule: Rule,
    context: Context,
    statuses: Sequence[Status],
    one: Reckoning,
    terms: Tariff,
    allowed: int,
) -> Finding | None:
    visit, limits = one.visit, rule.at(one.visit.time)
    retired = one.paid if one.room is None else min(one.paid, one.room)
    if one.known and one.told:
        retired = min(retired, one.by_ratio)
    if not one.ordinary or retired <= allowed + limits["tolerance"]:
        return None
    births = (visit.birth_day, *(status.birth_day for status in statuses))
    why = in_work(context, visit.insured_area, statuses, births, visit.time)
    if not why:
        return None
    zh, en = _WHY[why]
    return found(
        [visit],
        amount=retired - allowed,
        involved=visit.fee,
        area=visit.insured_area,
        severity=_SEVERITY[why],
        assumed=terms.filled_ratio + terms.filled_cap,
        evidence={
            "institution": context.name_of(visit.inst),
            "settled_at": visit.time,
            "told_at": max(one.time for one in statuses if one.time <= visit.time),
            "why_zh": zh,
            "why_en": en,
            "ratio": terms.percent,
            "due_fen": allowed,
            "paid_fen": one.paid,
            "over_fen": retired - allowed,
        },
    )
