"""Many people's credentials used one after another at one terminal.

A run is a chain of settlements whose gaps are no longer than a level allows. How likely such a
run is by chance is told from how busy the terminal was in the quarter of an hour around it, as if
customers came independently: the same eight people within three minutes are nothing at a pharmacy
at noon and unheard of at a quiet till. Where the settlements of a run are suspiciously alike, more
chance is granted. Somebody who acts for a few people, a family's, is left out; an agent with more
credentials holds a stack of them. Agents of whom no number was sent count as one.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import exp
from typing import Any, Final, NamedTuple

from events.codes import FixmedinsType, Scheme
from events.times import MINUTE
from rules.context import Context
from rules.findings import Finding, Verdict, found, withdrawn
from rules.histories.keyed import TERMINAL, Terminal
from rules.histories.records import Swipe
from rules.histories.series import between
from rules.rule import Rule

KIND: Final = TERMINAL
RECORDS: Final = (Swipe,)
SUBJECT: Final = "terminal"
_ABOUT: Final = "day"
_MOBILE: Final = "3"
_OTHER_MATTERS: Final = frozenset({Scheme.REGISTRATION, Scheme.INPATIENT})
_IN_PHARMACIES: Final = str(FixmedinsType.PHARMACY)
_AS_PHARMACY: Final = str(Scheme.PHARMACY)


class Run(NamedTuple):
    """A chain of settlements: positions of the first and the last."""

    first: int
    last: int


def check(rule: Rule, context: Context, terminal: Terminal, swipe: Swipe) -> Iterable[Verdict]:
    """One matter a terminal and day: that its runs are too quick and too long for chance."""
    parameters = rule.at(swipe.time)
    swipes = terminal.swipes
    fewest = parameters["fewest"]
    known = bool(terminal.standing) and f"{rule.id}|{_ABOUT}" in terminal.standing
    if not known and len(swipes) < fewest:
        return ()
    turns = False
    if swipe.agent:
        served = _served(swipes, swipe.agent_no)
        if served <= parameters["agent_persons"]:
            return ()
        turns = served == parameters["agent_persons"] + 1
    if not known and not swipe.rev_at and not turns:
        widest = parameters["widest"] * (fewest - 1)
        if swipes[-1] is swipe and swipe.time - swipes[-fewest].time > widest:
            return ()
    known_place = context.reference.institutions.get(swipe.inst)
    if known_place is not None and known_place.internet:
        return ()
    few = _few(parameters, swipes)
    counted = [other for other in swipes if _counts(parameters, context, few, other)]
    lasted = parameters["lasted_minutes"] * MINUTE
    standing = [other for other in counted if not other.rev_at]
    stood = [one for one in counted if not one.rev_at or one.rev_at - one.time > lasted]
    if (
        not known
        and not swipe.rev_at
        and not turns
        and not _touches(parameters, context, standing, swipe)
        and (len(stood) == len(standing) or not _touches(parameters, context, stood, swipe))
    ):
        return ()
    finding = _look(parameters, context, standing)
    if finding is None:
        finding = withdrawn(_look(parameters, context, stood))
    return (Verdict(_ABOUT, finding),)


def _served(swipes: Sequence[Swipe], agent_no: str) -> int:
    """For how many people one agent settled here today."""
    return len({one.psn_no for one in swipes if one.agent and one.agent_no == agent_no})


def _few(parameters: Mapping[str, Any], swipes: Sequence[Swipe]) -> frozenset[str]:
    """The agents who settled for a few people only."""
    served: dict[str, set[str]] = {}
    for swipe in swipes:
        if swipe.agent:
            served.setdefault(swipe.agent_no, set()).add(swipe.psn_no)
    most = parameters["agent_persons"]
    return frozenset(agent for agent, people in served.items() if len(people) <= most)


def _counts(
    parameters: Mapping[str, Any], context: Context, few: frozenset[str], swipe: Swipe
) -> bool:
    """Whether a settlement can belong to a run: somebody came to this counter with a credential."""
    if swipe.agent and swipe.agent_no in few:
        return False
    if swipe.served == _MOBILE or swipe.scheme in _OTHER_MATTERS:
        return False
    at_desk = swipe.fee <= parameters["desk_fee"] and not swipe.goods
    return not at_desk or _at_pharmacy(context, swipe)


def _at_pharmacy(context: Context, swipe: Swipe) -> bool:
    known = context.reference.institutions.get(swipe.inst)
    if known is not None and known.kind:
        return known.kind == _IN_PHARMACIES
    return swipe.inst[:1] == "P" or swipe.scheme == _AS_PHARMACY


def _touches(
    parameters: Mapping[str, Any], context: Context, swipes: Sequence[Swipe], swipe: Swipe
) -> bool:
    """Whether a new settlement belongs to a run that counts."""
    at = next((i for i in range(len(swipes) - 1, -1, -1) if swipes[i] is swipe), -1)
    if at < 0:
        return False
    return any(
        _too_many(parameters, context, swipes, _chain(swipes, at, level["gap"]), level)
        for level in parameters["levels"]
    )


def _chain(swipes: Sequence[Swipe], at: int, gap: int) -> Run:
    """The longest chain of gaps up to `gap` seconds that holds the position."""
    first = last = at
    while first and swipes[first].time - swipes[first - 1].time <= gap:
        first -= 1
    while last + 1 < len(swipes) and swipes[last + 1].time - swipes[last].time <= gap:
        last += 1
    return Run(first, last)


def _too_many(
    parameters: Mapping[str, Any],
    context: Context,
    swipes: Sequence[Swipe],
    run: Run,
    level: Mapping[str, Any],
) -> bool:
    least: int = level["persons"]
    if run.last - run.first + 1 < least:
        return False
    members = swipes[run.first : run.last + 1]
    persons = len({swipe.psn_no for swipe in members})
    if not least <= persons <= parameters["most"]:
        return False
    if members[-1].time - members[0].time > level["mean"] * (persons - 1):
        return False
    if level["alike"] and not (_at_pharmacy(context, members[0]) and _alike(parameters, members)):
        return False
    return _chance(parameters, swipes, run, persons) <= float(level["chance"])


def _chance(
    parameters: Mapping[str, Any], swipes: Sequence[Swipe], run: Run, persons: int
) -> float:
    """How likely a run so quick is if customers come as often as around it, independently."""
    side = parameters["around_minutes"] * MINUTE
    members = swipes[run.first : run.last + 1]
    start, end = members[0].time - side, members[-1].time + side
    beside = len(between(swipes, start, end)) - len(members)
    longest = max(
        (later.time - earlier.time for earlier, later in pairwise(members)),
        default=0,
    )
    rate = (beside + 1) / (2 * side)
    return float((1 - exp(-max(1, longest) * rate)) ** (persons - 1) * (beside + persons))


def _alike(parameters: Mapping[str, Any], members: Sequence[Swipe]) -> bool:
    """Whether the settlements look made up: amounts that are nearly the same, or all round."""
    fees = [swipe.fee for swipe in members]
    least, most = min(fees), max(fees)
    if least <= 0:
        return False
    same = most - least <= least * parameters["alike_percent"] // 100
    return same or all(fee % parameters["round"] == 0 for fee in fees)


def _look(
    parameters: Mapping[str, Any], context: Context, swipes: Sequence[Swipe]
) -> Finding | None:
    found_in: set[int] = set()
    runs: set[Run] = set()
    gaps = [later.time - earlier.time for earlier, later in pairwise(swipes)]
    for level in parameters["levels"]:
        longest, fewest, begun = level["gap"], level["persons"], 0
        for at, gap in enumerate((*gaps, longest + 1)):
            if gap <= longest:
                continue
            run = Run(begun, at)
            begun = at + 1
            if begun - run.first >= fewest and _too_many(parameters, context, swipes, run, level):
                found_in.update(range(run.first, begun))
                runs.add(run)
    if not found_in:
        return None
    members = [swipes[at] for at in sorted(found_in)]
    spans = [swipes[last].time - swipes[first].time for first, last in runs]
    paid = sum((one.fund + (one.account or one.shared)) for one in members)
    last = members[-1]
    return found(
        members,
        amount=paid,
        involved=sum(one.fee for one in members),
        area=last.insured_area,
        evidence={
            "institution": context.name_of(last.inst),
            "device": last.dev or last.opter,
            "from_at": members[0].time,
            "until_at": last.time,
            "persons": len({one.psn_no for one in members}),
            "settlements": len(members),
            "seconds": max(spans),
            "physical_cards": sum(1 for one in members if one.credential_type in ("02", "03")),
            "paid_fen": paid,
        },
    )
