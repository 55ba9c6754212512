"""Frauds that no rule describes, planted into a simulated stream.

An institution whose mean fee drifts to three times its level, a physician with impossible days, a
ring of cards that is swiped together again and again, and people whose habits change overnight.
"""

import json
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

Event = dict[str, Any]
_KEPT: Final = frozenset(
    {
        "event_type",
        "event_id",
        "event_time",
        "psn_no",
        "setl_id",
        "insuplc_admdvs",
        "mdtrtarea_admvs",
        "fixmedins_code",
        "fixmedins_type",
        "hosp_lv",
        "dev_no",
        "opter",
    }
)
PLANTED: Final = "PLANTED-"
"""How the ids of added events begin."""
TYPOLOGIES: Final = ("drift", "impossible_day", "ring", "habits")


def plant(events: Path, out: Path, seed: int, begin: float) -> dict[str, str]:
    """Copy a stream with the frauds planted after the part `begin` of its days.

    Returns the typology of every planted event by its id.
    """
    rng = Random(seed)
    stream = [json.loads(line) for line in events.open(encoding="utf-8")]
    settled = [
        one
        for one in stream
        if one["event_type"] == "settlement" and one.get("feedetail") and one.get("dev_no")
    ]
    times = sorted(_time(one) for one in stream)
    start = times[0] + (times[-1] - times[0]) * begin
    labels: dict[str, str] = {}
    added = [
        *_impossible(settled, start, times[-1], rng, labels),
        *_ring(settled, start, times[-1], rng, labels),
        *_habits(settled, start, rng, labels),
    ]
    _drift(settled, start, labels)
    whole = sorted([*stream, *added], key=lambda one: (_time(one), one["event_id"]))
    with out.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in whole)
    return labels


def _time(event: Event) -> datetime:
    return datetime.fromisoformat(event["event_time"])


def _copy(event: Event, name: str, person: str, time: datetime, times: float) -> Event:
    copy: Event = json.loads(json.dumps(event))
    copy |= {"event_id": name, "setl_id": name, "psn_no": person, "event_time": time.isoformat()}
    _plain(copy, times)
    return copy


def _plain(event: Event, times: float) -> None:
    """Leave only what no rule looks at: a fee in cash, for what a physician did."""
    fee = round(float(event["medfee_sumamt"]) * times, 2)
    doctor = event["feedetail"][0].get("bilg_dr_codg", "")
    for field in [field for field in event if field not in _KEPT]:
        del event[field]
    event |= {"medfee_sumamt": fee, "psn_cash_pay": fee}
    if doctor:
        line = {"feedetl_sn": event["event_id"], "bilg_dr_codg": doctor}
        event["feedetail"] = [{**line, "det_item_fee_sumamt": fee}]


def _by(events: list[Event], field: str) -> list[list[Event]]:
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for one in events:
        found[one[field]].append(one)
    return sorted(found.values(), key=lambda ones: (-len(ones), ones[0]["event_id"]))


def _drift(settled: list[Event], start: datetime, labels: dict[str, str]) -> None:
    """The third hospital by settlements: three times as dear four weeks after the start."""
    hospitals = [one for one in settled if one["fixmedins_code"].startswith("H")]
    for one in _by(hospitals, "fixmedins_code")[2]:
        weeks = (_time(one) - start) / timedelta(weeks=1)
        _plain(one, 1 + 2 * min(max(weeks, 0) / 4, 1))
        if weeks >= 2:
            labels[one["event_id"]] = "drift"


def _impossible(
    settled: list[Event], start: datetime, end: datetime, rng: Random, labels: dict[str, str]
) -> list[Event]:
    """A hundred and sixty patients of one physician on each of three days."""
    signed = [one for one in settled if one["feedetail"][0].get("bilg_dr_codg")]
    pattern = _by(signed, "fixmedins_code")[0][0]
    people = sorted({one["psn_no"] for one in settled})
    added = []
    for day in range(3):
        time = (start + (end - start) * (0.2 + 0.25 * day)).replace(hour=7, minute=0)
        for number in range(160):
            name = f"{PLANTED}D{day}{number:03d}"
            time += timedelta(seconds=rng.randrange(40, 260))
            added.append(_copy(pattern, name, rng.choice(people), time, rng.uniform(0.6, 1.4)))
            if number >= 60:
                labels[name] = "impossible_day"
    return added


def _ring(
    settled: list[Event], start: datetime, end: datetime, rng: Random, labels: dict[str, str]
) -> list[Event]:
    """Eight cards at one terminal within a quarter of an hour, on eight days."""
    shops = [one for one in settled if one["fixmedins_code"].startswith("P")]
    pattern = _by(shops, "fixmedins_code")[0][0]
    people = rng.sample(sorted({one["psn_no"] for one in settled}), 8)
    added = []
    for day in range(8):
        time = (start + (end - start) * (0.05 + 0.11 * day)).replace(hour=10 + day % 7)
        rng.shuffle(people)
        for number, person in enumerate(people):
            name = f"{PLANTED}R{day}{number:03d}"
            time += timedelta(seconds=rng.randrange(30, 120))
            added.append(_copy(pattern, name, person, time, rng.uniform(0.6, 1.4)))
            if day >= 3:
                labels[name] = "ring"
    return added


def _habits(
    settled: list[Event], start: datetime, rng: Random, labels: dict[str, str]
) -> list[Event]:
    """Ten people with a past: from a day on at night, elsewhere, four times as dear."""
    regular = [ones for ones in _by(settled, "psn_no")[:60] if len(ones) >= 8]
    elsewhere = [ones[0] for ones in _by(settled, "fixmedins_code")[3:13]]
    added = []
    for at, ones in enumerate(rng.sample(regular, min(10, len(regular)))):
        place = rng.choice(elsewhere)
        time = start + timedelta(days=1 + at % 5)
        for number in range(6):
            time = (time + timedelta(days=1)).replace(hour=21 + number % 2)
            name = f"{PLANTED}H{at:02d}{number}"
            one = _copy(ones[0], name, ones[0]["psn_no"], time, 4)
            for field in ("fixmedins_code", "dev_no", "opter", "hosp_lv", "fixmedins_type"):
                if field in place:
                    one[field] = place[field]
            added.append(one)
            labels[name] = "habits"
    return added
