"""What a rule finds, and the two questions every rule must answer alike: what stands, what stood.

A finding that rests on a record which was later taken back does not stand any more: it is
withdrawn. One that never stood at any time, because the record was taken back before the last one
it needs came, is no finding at all. Asking it this way makes the answer depend on the set of
events only, not on the order in which they arrived.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from msgspec import Struct, structs

from rules.histories.records import Record


class Reversible(Protocol):
    """A record that can be taken back."""

    @property
    def time(self) -> int:
        """When it happened, epoch seconds."""
        ...

    @property
    def rev_at(self) -> int:
        """When it was taken back, epoch seconds; 0 if it was not."""
        ...


R = TypeVar("R", bound=Reversible)


class Finding(Struct, frozen=True, gc=False):
    """One breach or suspicion.

    `amount` is the money in breach, fen; `involved` the money of the settlements concerned.
    `evidence` holds what a reader needs to understand it and fills the rule's message: names,
    numbers, times (as epoch seconds under names ending in `_at`) and never an identity number.
    """

    event_ids: tuple[str, ...]
    setl_ids: tuple[str, ...]
    amount: int
    first: int
    last: int
    area: str
    evidence: Mapping[str, Any]
    involved: int = 0
    severity: int | None = None
    withdrawn: bool = False
    assumed: tuple[str, ...] = ()
    """Open values of the policy that an overlay filled in."""
    subject: str = ""
    """Whom it is about, where the history it was found in is another's."""


class Verdict(NamedTuple):
    """What a rule says of one matter (`about`): a finding, or that there is none (any more)."""

    about: str
    finding: Finding | None


def found(
    records: Sequence[Record],
    *,
    amount: int,
    area: str,
    evidence: Mapping[str, Any],
    involved: int = 0,
    severity: int | None = None,
    assumed: tuple[str, ...] = (),
    also: Iterable[str] = (),
    subject: str = "",
) -> Finding:
    """The finding that rests on these records; `also` names further settlement ids."""
    ordered = sorted(records, key=lambda record: (record.time, record.event_id))
    setl_ids = dict.fromkeys(
        setl_id for record in ordered if (setl_id := getattr(record, "setl_id", ""))
    )
    setl_ids.update(dict.fromkeys(also))
    return Finding(
        event_ids=tuple(dict.fromkeys(record.event_id for record in ordered)),
        setl_ids=tuple(setl_ids),
        amount=amount,
        first=ordered[0].time,
        last=ordered[-1].time,
        area=area,
        evidence=evidence,
        involved=involved or amount,
        severity=severity,
        assumed=assumed,
        subject=subject,
    )


def stands(record: Reversible) -> bool:
    """Whether a record has not been taken back."""
    return not record.rev_at


def stood(record: Reversible, at: int) -> bool:
    """Whether a record had not been taken back at a time."""
    return not record.rev_at or record.rev_at > at


def judge(
    anchor: Reversible, others: Sequence[R], look: Callable[[Sequence[R]], Finding | None]
) -> Finding | None:
    """What stands about an anchor, the last record of a matter, among others not after it.

    `look` says what it finds when only the given others count. Looks first at what has not been
    taken back; if that finds nothing, at what had not been taken back when the anchor happened:
    what is found only there is withdrawn.
    """
    if not anchor.rev_at and not any(other.rev_at for other in others):
        return look(others)
    if not anchor.rev_at:
        finding = look([other for other in others if stands(other)])
        if finding is not None:
            return finding
    finding = look([other for other in others if stood(other, anchor.time)])
    return withdrawn(finding)


def withdrawn(finding: Finding | None) -> Finding | None:
    """The finding as one that does not stand any more."""
    return None if finding is None else structs.replace(finding, withdrawn=True)
