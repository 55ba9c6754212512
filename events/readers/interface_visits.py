"""Visits in the making: what 2203, 2204 and 2301 uploaded, held until a settlement asks for it.

Held are at most `MAX_VISITS` visits; the oldest gives way. What gives way, or is left at the
end, without having been settled becomes a dead letter "unmatched": nothing is lost.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct, field

from events.deadletters import BadRecordError, DeadLetter, dead_letter
from events.readers.interface_messages import Fields, is_empty

MAX_VISITS: Final = 50_000
ALL_BATCHES: Final = "0000"
_DIAGNOSES: Final = "diagnoses"


class Upload(Struct):
    """A message that makes no event of its own, and what of it no settlement has asked for."""

    infno: str
    source: str
    position: int
    raw: bytes
    open: set[str] = field(default_factory=set)


class Visit(Struct):
    """What is known of a visit so far; fee lines by charge batch and number."""

    fields: Fields = field(default_factory=dict)
    diagnoses: dict[str, Fields] = field(default_factory=dict)
    batches: dict[str, dict[str, Fields]] = field(default_factory=dict)
    unsettled: set[str] = field(default_factory=set)
    uploads: list[Upload] = field(default_factory=list)


class Visits(Struct):
    """All held visits by `mdtrt_id`, oldest first, and filings by their serial number."""

    limit: int = MAX_VISITS
    held: dict[str, Visit] = field(default_factory=dict)
    filings: dict[str, Fields] = field(default_factory=dict)


def visit_of(visits: Visits, mdtrt_id: object) -> Visit:
    """The visit, begun if it is not there."""
    return visits.held.setdefault(str(mdtrt_id), Visit())


def note_visit(visit: Visit, fields: Fields, diagnosed: list[Fields]) -> None:
    """Remember treatment kind, disease, begin and diagnoses; a void diagnosis is taken out."""
    visit.fields.update({name: value for name, value in fields.items() if not is_empty(value)})
    for node in diagnosed:
        code = str(node.get("diag_code", ""))
        if str(node.get("vali_flag", "1")) == "0":
            visit.diagnoses.pop(code, None)
        else:
            visit.diagnoses[code] = node


def hold_diagnoses(visit: Visit, upload: Upload) -> None:
    """Keep an upload of diagnoses until a settlement of the visit."""
    upload.open.add(_DIAGNOSES)
    visit.uploads.append(upload)


def hold_lines(visit: Visit, upload: Upload, batch: str, lines: list[Fields]) -> None:
    """Keep uploaded fee lines of a batch until their settlement; a line sent again replaces."""
    kept = visit.batches.setdefault(batch, {})
    for line in lines:
        kept[str(line.get("feedetl_sn", f"#{len(kept)}"))] = line
    visit.unsettled.add(batch)
    upload.open.add(batch)
    if upload not in visit.uploads:
        visit.uploads.append(upload)


def drop_lines(visit: Visit, batch: str) -> None:
    """Forget fee lines the institution withdrew (2205); "0000" means all that are unsettled."""
    for name in list(visit.unsettled) if batch == ALL_BATCHES else [batch]:
        visit.batches.pop(name, None)
        _close(visit, name)


def settle(visit: Visit, batch: str) -> tuple[list[Fields], list[Fields]]:
    """Diagnoses and fee lines of a settlement of a visit.

    A named batch is given again to a later settlement, since a cancelled settlement may be made
    anew; without a batch the settlement is of all that is unsettled.
    """
    names = [batch] if batch else [name for name in visit.batches if name in visit.unsettled]
    lines = [line for name in names for line in visit.batches.get(name, {}).values()]
    _close(visit, _DIAGNOSES)
    for name in names:
        _close(visit, name)
    return list(visit.diagnoses.values()), lines


def _close(visit: Visit, name: str) -> None:
    visit.unsettled.discard(name)
    for upload in visit.uploads:
        upload.open.discard(name)
    visit.uploads = [upload for upload in visit.uploads if upload.open]


def overflow(visits: Visits) -> Iterator[DeadLetter]:
    """Let the oldest visits go where there are too many."""
    while len(visits.held) > visits.limit:
        yield from _unmatched(visits.held.pop(next(iter(visits.held))))
    while len(visits.filings) > visits.limit:
        visits.filings.pop(next(iter(visits.filings)))


def leftovers(visits: Visits) -> Iterator[DeadLetter]:
    """Let all visits go, at the end."""
    while visits.held:
        yield from _unmatched(visits.held.pop(next(iter(visits.held))))


def _unmatched(visit: Visit) -> Iterator[DeadLetter]:
    for upload in visit.uploads:
        bad = BadRecordError("unmatched", "mdtrt_id", f"{upload.infno} alone", "a settlement of it")
        yield dead_letter(bad, upload.source, upload.position, upload.raw)
