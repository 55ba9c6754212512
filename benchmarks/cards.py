"""The published process of simulated card transactions, as settlement events, and its protocol.

Customers and terminals stand at random in a square of 100 by 100. A customer has a mean amount
U(5, 100), a deviation of half of it, a mean number of transactions a day U(0, 4), and uses the
terminals within a distance of 5; times of day are normal around noon (20,000 s). Fraud 1: amounts
above 220. Fraud 2: every day two terminals are taken over for 28 days, all their transactions are
frauds. Fraud 3: every day three customers are taken over for 14 days, a third of their
transactions costs five times as much and is fraud. (Le Borgne, Siblini, Lebichot, Bontempi:
Reproducible Machine Learning for Credit Card Fraud Detection, 2022; written from the description.)
"""

import argparse
import csv
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal, get_args

import numpy as np
from click import Command
from msgspec import Struct
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from events.times import CST
from streams.cli.training import score, train

FIRST: Final = datetime(2018, 4, 1, tzinfo=CST)
SHOWN_FROM: Final = 71
"""11 June: the days before only bring about what is taken over then."""
DAYS: Final = 136
"""1 April to 14 August 2018."""
Mapping = Literal["institution", "device", "sparse"]
"""Where a terminal goes: an institution each, a device of one institution, an institution with
hardly any other field filled."""
Verdicts = Literal["all", "until July", "July week"]
"""Which verdicts there are, each known a week after its transaction: of all days, of all days up
to 31 July, or of the week of training only."""


class Cards(Struct):
    """Transactions in the order of time, one entry a transaction."""

    customer: NDArray[np.int64]
    terminal: NDArray[np.int64]
    seconds: NDArray[np.int64]
    """Since the beginning of `FIRST`."""
    amount: NDArray[np.float64]
    fraud: NDArray[np.bool_]
    scenario: NDArray[np.int64]

    @property
    def day(self) -> NDArray[np.int64]:
        """Day of each transaction, 0 for `FIRST`."""
        return self.seconds // 86_400


def generate(seed: int, customers: int = 5000, terminals: int = 10_000, days: int = DAYS) -> Cards:
    """Draw the transactions of all days."""
    rng = np.random.default_rng(seed)
    homes = rng.uniform(0, 100, (customers, 2))
    places = rng.uniform(0, 100, (terminals, 2))
    mean = rng.uniform(5, 100, customers)
    daily = rng.uniform(0, 4, customers)
    pieces: list[tuple[NDArray[np.int64], ...]] = []
    amounts: list[NDArray[np.float64]] = []
    for one in range(customers):
        near = np.flatnonzero(((places - homes[one]) ** 2).sum(axis=1) < 25)
        counts = rng.poisson(daily[one], days)
        day = np.repeat(np.arange(days), counts)
        time = rng.normal(43_200, 20_000, len(day)).astype(np.int64)
        kept = (time > 0) & (time < 86_400)
        if not len(near) or not kept.any():
            continue
        day, time = day[kept], time[kept]
        amount = rng.normal(mean[one], mean[one] / 2, len(day))
        again = rng.uniform(0, 2 * mean[one], len(day))
        drawn: NDArray[np.float64] = np.where(amount < 0, again, amount)
        amounts.append(np.round(drawn, 2))
        terminal = rng.choice(near, len(day))
        pieces.append((np.full(len(day), one), terminal, day * 86_400 + time))
    customer, terminal, seconds = (np.concatenate(column) for column in zip(*pieces, strict=True))
    order = np.argsort(seconds, kind="stable")
    amount = np.concatenate(amounts)[order]
    cards = Cards(
        customer[order],
        terminal[order],
        seconds[order],
        amount,
        np.zeros(len(order), np.bool_),
        np.zeros(len(order), np.int64),
    )
    _take_over(cards, rng, customers, terminals, days)
    return cards


def _take_over(
    cards: Cards, rng: np.random.Generator, customers: int, terminals: int, days: int
) -> None:
    day = cards.day
    _mark(cards, cards.amount > 220, 1)
    for start in range(days):
        taken = rng.choice(terminals, 2, replace=False)
        during = (day >= start) & (day < start + 28)
        _mark(cards, during & np.isin(cards.terminal, taken), 2)
    for start in range(days):
        taken = rng.choice(customers, 3, replace=False)
        during = (day >= start) & (day < start + 14)
        theirs = np.flatnonzero(during & np.isin(cards.customer, taken))
        third = rng.choice(theirs, len(theirs) // 3, replace=False)
        cards.amount[third] = np.round(cards.amount[third] * 5, 2)
        _mark(cards, third, 3)


def _mark(cards: Cards, which: NDArray[np.bool_] | NDArray[np.int64], scenario: int) -> None:
    cards.fraud[which] = True
    cards.scenario[which] = scenario


def shown(cards: Cards) -> Cards:
    """The transactions from 11 June on."""
    kept = cards.day >= SHOWN_FROM
    return Cards(*(getattr(cards, name)[kept] for name in cards.__struct_fields__))


def event_id(number: int) -> str:
    """The event id of the transaction with a number."""
    return f"TX{number:07d}"


def moment(seconds: int) -> str:
    """The time of a transaction."""
    return (FIRST + timedelta(seconds=seconds)).isoformat()


def write(
    cards: Cards, folder: Path, mapping: Mapping, until: int, since: int = 0
) -> tuple[Path, Path]:
    """Write `events.ndjson` and `verdicts.csv`; verdicts of the days `since` to before `until`."""
    folder.mkdir(parents=True, exist_ok=True)
    events, verdicts = folder / "events.ndjson", folder / "verdicts.csv"
    columns = (cards.customer, cards.terminal, cards.seconds, cards.amount, cards.fraud, cards.day)
    with events.open("w") as lines, verdicts.open("w", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(("event_id", "label", "known_at"))
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for number, (customer, terminal, seconds, amount, fraud, day) in enumerate(rows):
            lines.write(_line(number, customer, terminal, seconds, amount, mapping))
            if since <= day < until:
                known = moment(seconds + 7 * 86_400)
                writer.writerow((event_id(number), int(fraud), known))
    return events, verdicts


def _line(
    number: int, customer: int, terminal: int, seconds: int, amount: float, mapping: Mapping
) -> str:
    place = f'"fixmedins_code":"P6401{terminal:07d}"'
    if mapping == "device":
        place = f'"fixmedins_code":"H64010000001","dev_no":"T{terminal:05d}"'
    paid = (
        ""
        if mapping == "sparse"
        else f',"acct_pay":{amount:.2f},"med_type":"41","insuplc_admdvs":"640100"'
        ',"mdtrtarea_admvs":"640100"'
    )
    return (
        f'{{"event_type":"settlement","event_id":"{event_id(number)}","event_time":'
        f'"{moment(seconds)}","psn_no":"C{customer:05d}",{place},"setl_id":"S{number}",'
        f'"medfee_sumamt":{amount:.2f}{paid}}}\n'
    )


class Figures(Struct):
    """Area under the curve, average precision, card precision at 100."""

    auc: float
    average_precision: float
    card_precision: float


def figures(cards: Cards, scores: NDArray[np.float64], first: int, last: int) -> Figures:
    """Figures over the days `first` to `last`, days of `FIRST`.

    Card precision: a day's 100 customers with the highest score, those left out who are known to
    be compromised by what was known a week before; the share with a fraud that day.
    """
    day = cards.day
    test = (day >= first) & (day <= last)
    shares = []
    for one in range(first, last + 1):
        known = cards.fraud & (day <= one - 7) & (day >= one - 14)
        today = (day == one) & ~np.isin(cards.customer, cards.customer[known])
        best: dict[int, float] = {}
        for who, value in zip(cards.customer[today].tolist(), scores[today].tolist(), strict=True):
            best[who] = max(best.get(who, value), value)
        top = sorted(best, key=lambda who: -best[who])[:100]
        bad = set(cards.customer[today & cards.fraud].tolist())
        shares.append(sum(who in bad for who in top) / 100)
    return Figures(
        roc_auc_score(cards.fraud[test], scores[test]),
        average_precision_score(cards.fraud[test], scores[test]),
        sum(shares) / len(shares),
    )


TRAIN: Final = (115, 121)
"""25 to 31 July, as days of `FIRST`."""
TEST: Final = (129, 135)
"""8 to 14 August."""


def protocol(
    seed: int, mapping: Mapping, customers: int, terminals: int, verdicts: Verdicts
) -> dict[str, Figures]:
    """Train and score through the command line's own functions; figures by kind of model."""
    cards = shown(generate(seed, customers, terminals))
    until = {"all": DAYS, "until July": TRAIN[1] + 1, "July week": TRAIN[1] + 1}[verdicts]
    since = TRAIN[0] if verdicts == "July week" else 0
    told: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory(prefix="fundwatch-cards-") as place:
        events, table = write(cards, Path(place), mapping, until, since=since)
        for name, known in (("triage", table), ("without verdicts", None)):
            model, out = Path(place) / name, Path(place) / "scores.csv"
            _call(train, [str(events), "--out", str(model), *_days(TRAIN)], known)
            _call(score, [str(events), "--model", str(model), "--out", str(out), *_days(TEST)])
            with out.open(newline="") as file:
                found = {row["event_id"]: float(row["score"]) for row in csv.DictReader(file)}
            scores = np.array([found.get(event_id(at), 0.0) for at in range(len(cards.customer))])
            told[name] = figures(cards, scores, *TEST)
    return told


def _days(days: tuple[int, int]) -> list[str]:
    first, last = ((FIRST + timedelta(days=day)).date().isoformat() for day in days)
    return ["--from", first, "--until", last]


def _call(command: Command, arguments: list[str], verdicts: Path | None = None) -> None:
    more = ["--verdicts", str(verdicts)] if verdicts is not None else []
    command.main([*arguments, *more], standalone_mode=False)


PUBLISHED: Final = {
    "random forest": Figures(0.867, 0.658, 0.287),
    "isolation forest": Figures(0.829, 0.268, 0.234),
}
"""Baselines on the same protocol, with the handbook's own features (and its labels in both)."""


def main() -> None:
    """Run the protocol and print the figures beside the published ones."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.cards", description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--mapping", choices=get_args(Mapping), default="institution")
    options.add_argument("--verdicts", choices=get_args(Verdicts), default="all")
    options.add_argument("--customers", type=int, default=5000)
    options.add_argument("--terminals", type=int, default=10_000)
    chosen = options.parse_args()
    told = protocol(
        chosen.seed, chosen.mapping, chosen.customers, chosen.terminals, chosen.verdicts
    )
    print(f"{'':20}  AUC  AP    CP@100")
    for name, one in {**told, **PUBLISHED}.items():
        print(f"{name:20} {one.auc:.3f} {one.average_precision:.3f} {one.card_precision:.3f}")


if __name__ == "__main__":
    main()
