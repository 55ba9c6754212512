"""Runs the rules that a changed record concerns, and tells what changed in what they find.

A history remembers of each alert it raised a digest and a revision. A finding that is new or has
changed is told as a new revision; one whose ground never was, once a late fact is known, is told
as retracted; one that a reversal took the ground from is told as withdrawn.
"""

import logging
import traceback
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Literal, NamedTuple

import msgspec

from rules.context import Context
from rules.findings import Finding
from rules.histories.history import History, Standing
from rules.histories.records import Record
from rules.panel import Judged, Panel
from rules.rule import Check, Rule

Action = Literal["raised", "revised", "withdrawn", "retracted"]
_LOG = logging.getLogger(__name__)
_PACK = msgspec.msgpack.Encoder(order="deterministic", decimal_format="string")


class Change(NamedTuple):
    """A change of one alert of one history."""

    rule: Rule
    kind: str
    key: str
    about: str
    action: Action
    revision: int
    time: int
    finding: Finding | None


class Engine:
    """The rules by the kind of history and record that concerns them.

    A rule that breaks on a record must not stop the others: it is counted in `failures`, by rule,
    and logged with the place in the code, without what it looked at. `strict` raises instead.
    """

    def __init__(self, rules: Sequence[Rule], context: Context, *, strict: bool = False) -> None:
        self.rules = rules
        self.context = context
        self.strict = strict
        self.failures: Counter[str] = Counter()
        self.panel: Panel | None = None
        """What judges many records at a time, after the rules; none unless models are given."""
        self._plain: Engine | None = None
        self._concerned: dict[str, dict[type, list[tuple[Rule, Check]]]] = {}
        for rule in rules:
            by_record = self._concerned.setdefault(rule.kind, {})
            for record in rule.records:
                by_record.setdefault(record, []).append((rule, rule.check))

    def plain(self) -> "Engine":
        """The engine without its panel, for what is only asked and not taken."""
        if self.panel is None:
            return self
        if self._plain is None:
            self._plain = Engine(self.rules, self.context, strict=self.strict)
            self._plain.failures = self.failures
        return self._plain

    def look(
        self, kind: str, history: History, changed: Sequence[Record], out: list[Change]
    ) -> None:
        """Run every rule that the changed records concern; append what changed to `out`."""
        if self.panel is not None:
            self.panel.note(kind, history, changed)
        concerned = self._concerned.get(kind)
        if concerned is None:
            return
        context = self.context
        for record in changed:
            for rule, check in concerned.get(type(record), ()):
                try:
                    verdicts = check(rule, context, history, record)
                    if verdicts:
                        for about, finding in verdicts:
                            if finding is not None or history.standing:
                                _settle(rule, kind, history, about, finding, out)
                except Exception as error:
                    if self.strict:
                        raise
                    self._failed(rule, error)

    def settle(self, judged: Iterable[Judged], out: list[Change]) -> None:
        """Compare what a panel says with what was said before; append what changed to `out`."""
        for rule, kind, history, about, finding, _ in judged:
            _settle(rule, kind, history, about, finding, out)

    def finish(self, out: list[Change]) -> None:
        """End a batch: let the panel, if there is one, judge what has changed in it."""
        if self.panel is not None:
            self.settle(self.panel.judge(self.panel.gather()), out)

    def _failed(self, rule: Rule, error: Exception) -> None:
        self.failures[rule.id] += 1
        place = traceback.extract_tb(error.__traceback__)[-1]
        _LOG.error(
            "rule %s broke: %s at %s:%s", rule.id, type(error).__name__, place.name, place.lineno
        )


def _settle(
    rule: Rule,
    kind: str,
    history: History,
    about: str,
    finding: Finding | None,
    out: list[Change],
) -> None:
    matter = f"{rule.id}|{about}"
    known = history.standing.get(matter)
    if finding is None:
        if known is not None and known.digest:
            revision = known.revision + 1
            history.stand(matter, Standing(0, revision, known.time))
            out.append(
                Change(rule, kind, history.key, about, "retracted", revision, known.time, None)
            )
        return
    digest = _digest(finding)
    action: Action
    if known is None:
        revision, action = 1, "withdrawn" if finding.withdrawn else "raised"
    elif known.digest == digest:
        return
    else:
        revision = known.revision + 1
        if finding.withdrawn:
            action = "withdrawn"
        else:
            action = "revised" if known.digest and not known.withdrawn else "raised"
    history.stand(matter, Standing(digest, revision, finding.last, finding.withdrawn))
    out.append(Change(rule, kind, history.key, about, action, revision, finding.last, finding))


def _digest(finding: Finding) -> int:
    """A non-zero digest of everything a finding says."""
    content = blake2b(_PACK.encode(finding), digest_size=7).digest()
    return int.from_bytes(content, "big") + 1
