"""How much of what was planted is found, and how much is found that was not planted.

Measured on simulated streams only: it says whether rules do what they mean to, not how they do on
real claims. An alert is right if one of its events is labelled as fraud; a typology is found as
far as its labelled events are named by open alerts.
"""

import argparse
import csv
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from alerts.alert import Alert
from rules.documents import POLICY_DIR
from simulation import simulate
from streams.assembly import Assembly
from streams.replay import replay

OVERLAYS = ("demonstration-yinchuan", "demonstration-ningxia-chronic", "demonstration-chengdu")
"""What the simulator reckons benefits with where the documents leave a value open."""
AREAS = (
    ("640100", date(2024, 1, 1)),
    ("510100", date(2024, 1, 1)),
    ("150400", date(2023, 3, 20)),
)
"""Areas and first days; Chifeng's days lie on both sides of 2023-04-25."""


class Labels(NamedTuple):
    """Typology by event: what was planted, and what only looks like it."""

    frauds: dict[str, str]
    near_misses: dict[str, str]


class Quality(NamedTuple):
    """What the open alerts named."""

    found: Counter[str]
    planted: Counter[str]
    raised: Counter[str]
    look_alikes: Counter[str]
    right: int
    wrong: list[Alert]

    @property
    def recall(self) -> float:
        """Share of labelled events named by an open alert."""
        return self.found.total() / max(1, self.planted.total())

    @property
    def precision(self) -> float:
        """Share of open alerts that name a labelled event."""
        return self.right / max(1, self.right + len(self.wrong))

    @property
    def near_miss_rate(self) -> float:
        """Share of look-alike events named by an open alert."""
        return self.raised.total() / max(1, self.look_alikes.total())


def read_labels(path: Path) -> Labels:
    """Read `labels.csv`; an event that is both counts as fraud."""
    frauds: dict[str, str] = {}
    near: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            (near if row["near_miss"] == "1" else frauds)[row["event_id"]] = row["typology"]
    return Labels(frauds, {event: name for event, name in near.items() if event not in frauds})


def quality_of(alerts: Iterable[Alert], labels: Labels) -> Quality:
    """Compare open alerts with labels."""
    standing = [alert for alert in alerts if alert.status == "open"]
    named = {event for alert in standing for event in alert.event_ids}
    wrong = [alert for alert in standing if not labels.frauds.keys() & set(alert.event_ids)]
    return Quality(
        Counter(name for event, name in labels.frauds.items() if event in named),
        Counter(labels.frauds.values()),
        Counter(name for event, name in labels.near_misses.items() if event in named),
        Counter(labels.near_misses.values()),
        len(standing) - len(wrong),
        wrong,
    )


def run(folder: Path) -> Quality:
    """Replay a simulated stream with all rules and compare."""
    assembly = Assembly(
        reference=folder / "reference",
        shadow=True,
        policy=tuple(POLICY_DIR / "overlays" / f"{name}.yaml" for name in OVERLAYS),
    )
    alerts = replay([folder / "events.ndjson"], assembly).alerts
    return quality_of(alerts, read_labels(folder / "labels.csv"))


def report(quality: Quality) -> None:
    """Print it by typology."""
    print(f"{'typology':32}{'planted':>8}{'found':>8}{'alike':>8}{'raised':>8}")
    for name in sorted(quality.planted | quality.look_alikes):
        print(
            f"{name:32}{quality.planted[name]:8}{quality.found[name]:8}"
            f"{quality.look_alikes[name]:8}{quality.raised[name]:8}"
        )
    for rule, number in Counter(alert.rule_id for alert in quality.wrong).most_common():
        print(f"  {number} alerts of {rule} name nothing that was planted")
    print(
        f"recall {quality.recall:.3f}, precision {quality.precision:.3f},"
        f" near-misses raised {quality.near_miss_rate:.3f}"
    )


def main() -> None:
    """Generate, replay, compare."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__)
    options.add_argument("--folder", type=Path, help="a simulated stream; else one is made")
    options.add_argument("--seed", type=int, default=21)
    options.add_argument("--persons", type=int, default=5000, help="in each area")
    options.add_argument("--days", type=int, default=90)
    options.add_argument("--wrong", action="store_true", help="print alerts that name nothing")
    chosen = options.parse_args()
    if chosen.folder is not None:
        _told(run(chosen.folder), wrong=chosen.wrong)
        return
    for area, start in AREAS:
        with tempfile.TemporaryDirectory(prefix="fundwatch-detection-") as place:
            folder = Path(place)
            sizes = {"seed": chosen.seed, "persons": chosen.persons, "days": chosen.days}
            simulate(folder, **sizes, start=start, area=area)
            print(f"area {area} from {start}")
            _told(run(folder), wrong=chosen.wrong)


def _told(quality: Quality, *, wrong: bool) -> None:
    report(quality)
    if wrong:
        for alert in quality.wrong:
            print(alert.rule_id, alert.event_ids, alert.message_en)


if __name__ == "__main__":
    main()
