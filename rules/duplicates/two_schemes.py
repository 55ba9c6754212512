"""One expense paid under two benefit schemes.

General outpatient pooling, pooling at pharmacies, chronic and special disease, the two diseases
and inpatient care each pay by their own rules; one expense may use only one of them. Compared
are the fee lines of settlements under different schemes, their totals where lines are missing,
and manual claims with settlements.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from events.local_codes import Scheme
from events.times import DAY, day_of
from rules.context import Context
from rules.duplicates.claims import (
    claim_paid,
    claims_since,
    counts,
    is_told_again,
    same_expense,
    settled_before,
    versions,
)
from rules.duplicates.fee_lines import (
    Pairs,
    apart,
    charged,
    is_consultation,
    is_goods,
    matched,
    one_act,
)
from rules.duplicates.neighbours import Moment, insured, one_visit, paid, rejudged
from rules.findings import Finding, Verdict, found, judge
from rules.histories.keyed import PERSON
from rules.histories.person import Person
from rules.histories.records import Claim, Line, Visit
from rules.rule import Rule

KIND: Final = PERSON
RECORDS: Final = (Visit, Claim)
SUBJECT: Final = "person"
_LAW: Final = "entitlement.exclusive_schemes"
_CONSULTATION: Final = "00110"
_ZH: Final[Mapping[str, str]] = {
    Scheme.GENERAL: "普通门诊统筹",
    Scheme.CHRONIC: "门诊慢特病",
    Scheme.TWO_DISEASE: "门诊两病",
    Scheme.PHARMACY: "药店购药",
    Scheme.EMERGENCY: "急诊",
    Scheme.INPATIENT: "住院",
    Scheme.MATERNITY: "生育",
    Scheme.ACCIDENT: "意外伤害",
    Scheme.OTHER: "其他待遇",
}
_NEVER: Final = frozenset({Scheme.REGISTRATION, ""})


class Twice(NamedTuple):
    """How far a settlement repeats an earlier one: the money (fen) and the severity."""

    amount: int
    severity: int


def check(rule: Rule, context: Context, person: Person, record: Visit | Claim) -> Iterable[Verdict]:
    """One matter a settlement or claim: that its expense was paid before under another scheme."""
    if isinstance(record, Claim):
        return _claims(context, person, versions(person, record))
    visits = person.visits
    if not person.claims and (len(visits) < 2 or record.scheme in _NEVER):
        return ()
    reach = rule.at(record.time)["reach_days"] * DAY
    if not person.claims and not _shares(visits, record, reach):
        return ()
    return _settled(rule, context, person, record, reach)


def _shares(visits: Sequence[Visit], visit: Visit, reach: int) -> bool:
    """Whether a settlement under another scheme, at most so far back, has anything in common.

    A quick look: without an item, a receipt, or (where lines are missing) a total in common there
    is no pair, whichever of the two is the earlier.
    """
    scheme, first = visit.scheme, visit.time - reach
    items: set[str] | None = None
    for other in reversed(visits):
        if other.time < first:
            return False
        if other.scheme == scheme or other.scheme in _NEVER:
            continue
        if not other.lines or not visit.lines or (visit.bill and visit.bill == other.bill):
            return True
        if items is None:
            items = _items(visit)
        for line in other.lines:
            if (line.code or line.name) in items:
                return True
    return False


def _settled(
    rule: Rule, context: Context, person: Person, visit: Visit, reach: int
) -> Iterator[Verdict]:
    if person.claims:
        yield from _claims(context, person, claims_since(person, visit))
    if visit.scheme in _NEVER:
        return
    for anchor, earlier in rejudged(person.visits, visit, reach, _paired):
        yield Verdict(
            anchor.event_id, judge(anchor, earlier, partial(_look, rule, context, anchor))
        )


def _paired(earlier: Visit, anchor: Visit) -> bool:
    return (
        earlier.scheme != anchor.scheme
        and earlier.scheme not in _NEVER
        and anchor.scheme not in _NEVER
        and bool(earlier.med_type and anchor.med_type)
        and insured(earlier)
        and insured(anchor)
        and (earlier.setl_id != anchor.setl_id or not anchor.setl_id)
        and _in_common(earlier, anchor)
    )


def _in_common(earlier: Visit, anchor: Visit) -> bool:
    """Whether two settlements charge an item in common, consultation apart: a quick look."""
    if not earlier.lines or not anchor.lines:
        return earlier.fee == anchor.fee and earlier.inst == anchor.inst
    if _one_receipt(earlier, anchor):
        return True
    items = _items(anchor)
    return any((line.code or line.name) in items for line in earlier.lines)


def _items(visit: Visit) -> set[str]:
    """The items that a settlement charges, consultation apart."""
    return {line.code or line.name for line in visit.lines if line.code[:5] != _CONSULTATION}


def _look(rule: Rule, context: Context, anchor: Visit, earlier: Sequence[Visit]) -> Finding | None:
    numbers = rule.at(anchor.time)
    hits = [
        (other, twice)
        for other in earlier
        if (twice := _one_expense(numbers, other, anchor)) is not None
        and not _given_back(other, twice.amount)
        and not _given_back(anchor, twice.amount)
    ]
    if not hits:
        return None
    law = context.law(anchor.insured_area, _LAW, anchor.time)
    if law is None:
        return None
    first, _ = hits[0]
    return found(
        [*(other for other, _ in hits), anchor],
        amount=max(twice.amount for _, twice in hits),
        involved=paid(anchor) + sum(paid(other) for other, _ in hits),
        area=anchor.insured_area,
        severity=min(twice.severity for _, twice in hits),
        assumed=(_LAW,) if law.filled else (),
        evidence={
            "first_scheme": first.scheme,
            "first_scheme_zh": _ZH[first.scheme],
            "first_institution": context.name_of(first.inst),
            "first_settled_at": first.time,
            "scheme": anchor.scheme,
            "scheme_zh": _ZH[anchor.scheme],
            "institution": context.name_of(anchor.inst),
            "settled_at": anchor.time,
            "times": len(hits) + 1,
        },
    )


def _one_expense(numbers: Mapping[str, Any], other: Visit, anchor: Visit) -> Twice | None:
    """Whether a settlement repeats an earlier one under another scheme, and how surely."""
    first, second = charged(other.lines), charged(anchor.lines)
    days = day_of(anchor.time) - day_of(other.time)
    if first and second:
        twice = _by_lines(numbers, (other, first), (anchor, second), days)
        if twice is not None or not _one_receipt(other, anchor):
            return twice
    return _same_total(other, anchor, days)


def _by_lines(
    numbers: Mapping[str, Any],
    earlier: tuple[Visit, Sequence[Line]],
    later: tuple[Visit, Sequence[Line]],
    days: int,
) -> Twice | None:
    """The same by the fee lines that both charge."""
    (other, first), (anchor, second) = earlier, later
    pairs = matched(_chargeable(first), _chargeable(second), _equal_quantity)
    if not pairs:
        return None
    gap = anchor.time - other.time
    alike = [(line, again) for line, again in pairs if line.amount == again.amount]
    whole = len(alike) == len(_chargeable(first)) == len(_chargeable(second))
    linked = [pair for pair in pairs if one_act(numbers, *pair, gap)]
    if not linked and whole and one_visit(other, anchor):
        linked = alike
    if linked:
        return Twice(_money(anchor, linked), 1)
    return _lookalike(numbers, other, anchor, alike, days, whole=whole)


def _lookalike(
    numbers: Mapping[str, Any], other: Visit, anchor: Visit, alike: Pairs, days: int, *, whole: bool
) -> Twice | None:
    """Equal charges without a common act: some on one day at one place, or all of both."""
    if not whole:
        if other.inst != anchor.inst:
            return None
        alike = [pair for pair in alike if is_goods(pair[0])]
    if not alike or not (_drawn(other) and _drawn(anchor)):
        return None
    if days > (numbers["whole_days"] if whole else 0):
        return None
    separate = all(apart(*pair) for pair in alike)
    doubtful = separate or days > 0
    if (separate and (days or not whole)) or (doubtful and _other_disease(other, anchor)):
        return None
    sure = whole and not doubtful and other.inst == anchor.inst
    return Twice(_money(anchor, alike), 1 if sure else 2)


def _same_total(other: Visit, anchor: Visit, days: int) -> Twice | None:
    """One total, institution and day or visit, where lines are missing or the receipt is one.

    Another diagnosis tells of two diseases (article 26); within one visit only another registered
    disease does, for a diagnosis is how an expense gets into the second scheme. A receipt is one
    expense's, whatever the diagnoses.
    """
    one = one_visit(other, anchor)
    told_apart = (
        not _one_receipt(other, anchor)
        and (not one or bool(other.disease and anchor.disease))
        and _other_disease(other, anchor)
    )
    if (
        other.fee != anchor.fee
        or other.inst != anchor.inst
        or (days and not one)
        or not (_drawn(other) and _drawn(anchor))
        or told_apart
    ):
        return None
    return Twice(paid(anchor), 1 if one else 2)


def _one_receipt(other: Visit, anchor: Visit) -> bool:
    """Whether two settlements of one total bear one receipt."""
    return anchor.bill != "" and anchor.bill == other.bill and anchor.fee == other.fee


def _given_back(visit: Visit, amount: int) -> bool:
    """Whether a refund in part, not a reversal, gave the money in question back."""
    return not visit.rev_at and 0 < amount <= visit.back[0] + visit.back[1]


def _chargeable(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if not is_consultation(line)]


def _equal_quantity(line: Line, other: Line) -> bool:
    return line.quantity == other.quantity and (line.quantity != 0 or line.amount == other.amount)


def _drawn(visit: Visit) -> bool:
    """Whether a settlement drew on its scheme: account money alone may buy more of the same."""
    if visit.scheme == Scheme.INPATIENT:
        return False
    return bool(visit.fund or visit.pool or visit.deductible > 0) or (
        visit.scheme != Scheme.PHARMACY and insured(visit)
    )


def _other_disease(other: Visit, anchor: Visit) -> bool:
    """Whether two settlements are known to treat different diseases."""
    common = set(other.diagnoses) & set(anchor.diagnoses)
    if other.disease and anchor.disease:
        return other.disease != anchor.disease and not common
    return bool(other.diagnoses and anchor.diagnoses) and not common


def _money(anchor: Visit, pairs: Pairs) -> int:
    repeated = sum(again.amount for _, again in pairs)
    return min(paid(anchor), repeated) if repeated else paid(anchor)


def _claims(context: Context, person: Person, claims: Iterable[Claim]) -> Iterator[Verdict]:
    for claim in claims:
        if not counts(claim) or claim.scheme in (*_NEVER, Scheme.OTHER):
            continue
        if is_told_again(person, claim):
            yield Verdict(claim.event_id, None)
            continue
        earlier = [
            visit
            for visit in settled_before(person, claim)
            if visit.scheme not in (*_NEVER, claim.scheme)
            and visit.med_type
            and _drawn(visit)
            and same_expense(claim, visit)
        ]
        if earlier:
            finding = judge(Moment(claim.time), earlier, partial(_look_claim, context, claim))
            yield Verdict(claim.event_id, finding)


def _look_claim(context: Context, claim: Claim, earlier: Sequence[Visit]) -> Finding | None:
    law = context.law(claim.insured_area, _LAW, claim.time)
    if not earlier or law is None:
        return None
    first = earlier[0]
    return found(
        [*earlier, claim],
        amount=claim_paid(claim),
        involved=claim_paid(claim) + sum(map(paid, earlier)),
        area=claim.insured_area,
        severity=1 if claim.bill and first.bill else 2,
        assumed=(_LAW,) if law.filled else (),
        evidence={
            "first_scheme": first.scheme,
            "first_scheme_zh": _ZH[first.scheme],
            "first_institution": context.name_of(first.inst),
            "first_settled_at": first.time,
            "scheme": claim.scheme,
            "scheme_zh": _ZH[claim.scheme],
            "institution": context.name_of(claim.inst or first.inst),
            "settled_at": claim.time,
            "times": len(earlier) + 1,
        },
    )
