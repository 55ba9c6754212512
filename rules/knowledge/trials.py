"""Settlements built to break one point and settlements built to keep it just so.

The stories are event dicts of the contract, of made-up people at made-up institutions. They show
that a point which is called active can be decided, and that its limit is read where it stands.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from rules.knowledge.limits import (
    Age,
    Alone,
    Days,
    Diseases,
    Insurance,
    Level,
    Limit,
    Never,
    Offline,
    Sex,
    Times,
    Together,
    Treatment,
    Units,
)
from rules.knowledge.parsing import read_point
from rules.knowledge.points import IN_FORCE, Point
from rules.reference import Reference, read_reference

Story = list[dict[str, Any]]

_HOSPITAL: Final = "H64010000901"
_ONLINE: Final = "H64010000902"
_AREA: Final = "640100"
_OTHER_HERB: Final = "T999999998"
_OTHER_DISEASE: Final = "M99900"
_LEVELS: Final = {1: "9", 2: "5", 3: "2"}
"""`hosp_lv` of each tier."""
_WAYS: Final = {"inpatient": "21", "emergency": "13", "outpatient": "11"}
_TEN: Final = time(10)
_MONTH: Final = 28
"""Days of a monthly supply."""


def trial_reference() -> Reference:
    """The institutions of the stories: a hospital and an internet hospital."""
    rows = [
        {"fixmedins_code": _HOSPITAL, "name": "试验医院", "hosp_lv": "", "admdvs": _AREA},
        {"fixmedins_code": _ONLINE, "name": "试验互联网医院", "internet_flag": "1"},
    ]
    return read_reference(rows, (), (), (), Path(__file__))


def breaking(point: Point, on: date | None = None) -> Story:
    """Events whose last one breaks the point; nothing for a point that is not active."""
    return _story(point, on, breaks=True)


def keeping(point: Point, on: date | None = None) -> Story:
    """Events that stay within the point, where it has a boundary just within it."""
    return _story(point, on, breaks=False)


def _story(point: Point, on: date | None, *, breaks: bool) -> Story:
    limit = read_point(point).limit
    if limit is None:
        return []
    return _told(limit, _Teller(point, on or IN_FORCE + timedelta(days=30)), breaks)


class _Teller:
    """Builds settlements that hold the point's first code and nothing else of note."""

    def __init__(self, point: Point, on: date) -> None:
        self.point = point
        self.on = on
        self.code = point.codes[0]
        self._told = 0

    def line(self, code: str = "", **more: Any) -> dict[str, Any]:
        """A fee line of 100 yuan."""
        return {
            "med_list_codg": code or self.code,
            "item_name": self.point.item_name,
            "det_item_fee_sumamt": "100.00",
            "inscp_scp_amt": "100.00",
            "cnt": "1",
            **more,
        }

    def settlement(
        self, *lines: Mapping[str, Any], days: int = 0, stays: int = 0, **more: Any
    ) -> dict[str, Any]:
        """A settlement so many days after the first; with `stays`, of a stay of so many days."""
        self._told += 1
        name = f"{self.point.kp_id}-{self._told}"
        moment = datetime.combine(self.on + timedelta(days=days), _TEN)
        fees = 100 * len(lines)
        told: dict[str, Any] = {
            "event_type": "settlement",
            "event_id": name,
            "event_time": moment.isoformat(),
            "psn_no": f"TRIAL-{self.point.kp_id}",
            "setl_id": name,
            "mdtrt_id": f"M-{name}",
            "insuplc_admdvs": _AREA,
            "mdtrtarea_admvs": _AREA,
            "fixmedins_code": _HOSPITAL,
            "hosp_lv": _LEVELS[3],
            "insutype": "310",
            "psn_type": "11",
            "med_type": "11",
            "medfee_sumamt": f"{fees}.00",
            "inscp_scp_amt": f"{fees}.00",
            "fund_pay_sumamt": f"{fees - 40}.00",
            "hifp_pay": f"{fees - 40}.00",
            "psn_cash_pay": "40.00",
            "feedetail": [{"fee_ocur_time": moment.isoformat(), **line} for line in lines],
        }
        if stays:
            told["med_type"] = _WAYS["inpatient"]
            told["begntime"] = (moment - timedelta(days=stays)).isoformat()
        return {**told, **more}

    def born(self, *, months: int = 0, days: int = 0) -> str:
        """Birth date of who has so many months and days of life on the first day."""
        year, month = divmod(self.on.year * 12 + self.on.month - 1 - months, 12)
        birth = date(year, month + 1, min(self.on.day, monthrange(year, month + 1)[1]))
        return (birth - timedelta(days=days)).isoformat()


def _told(limit: Limit, tell: _Teller, breaks: bool) -> Story:
    match limit:
        case Sex(only):
            other = "1" if only == "2" else "2"
            return [tell.settlement(tell.line(), gend=other if breaks else only)]
        case Age():
            return [tell.settlement(tell.line(), brdy=_birth(limit, tell, breaks))]
        case Level(tier):
            has = tier - 1 if breaks else tier
            return [tell.settlement(tell.line(), hosp_lv=_LEVELS[has])]
        case Treatment(ways):
            kept = _WAYS[ways[0]]
            broken = _WAYS["inpatient" if ways == ("outpatient",) else "outpatient"]
            return [tell.settlement(tell.line(), med_type=broken if breaks else kept)]
        case Offline():
            inst = _ONLINE if breaks else _HOSPITAL
            return [tell.settlement(tell.line(), fixmedins_code=inst)]
        case Days():
            return _days(limit, tell, breaks)
        case Together(whole, part):
            apart = timedelta(days=0 if breaks else 2)
            first = datetime.combine(tell.on, _TEN) - apart
            including = tell.line(whole, fee_ocur_time=first.isoformat())
            return [tell.settlement(including, tell.line(part), stays=3)]
        case Alone():
            others = () if breaks else (tell.line(_OTHER_HERB),)
            return [tell.settlement(tell.line(), *others)]
        case Diseases(codes):
            disease = _OTHER_DISEASE if breaks else codes[0]
            return [tell.settlement(tell.line(), med_type="14", dise_codg=disease)]
        case Units(a_day):
            return [tell.settlement(tell.line(cnt=str(a_day + breaks)))]
        case Times():
            return _times(limit, tell, breaks)
        case Insurance("maternity") if not breaks:
            return [tell.settlement(tell.line(), insutype="510")]
        case Never() | Insurance():
            told = tell.settlement(tell.line())
            if not breaks:
                told |= {"fund_pay_sumamt": "0", "hifp_pay": "0", "psn_cash_pay": "100.00"}
            return [told]


def _birth(limit: Age, tell: _Teller, breaks: bool) -> str:
    """Just beyond a stated age, or well beyond a group that only has a name."""
    if limit.high is not None:
        beyond_it = breaks != limit.forbidden
        return tell.born(months=limit.high, days=0 if beyond_it else -1)
    youngest = limit.low or 0
    match limit.group:
        case "newborn":
            within, beyond = tell.born(days=10), tell.born(months=30)
        case "infant":
            within, beyond = tell.born(months=6), tell.born(months=30)
        case "toddler" | "child":
            within, beyond = tell.born(months=max(youngest, 30)), tell.born(months=30 * 12)
        case "working":
            within, beyond = tell.born(months=35 * 12), tell.born(months=70 * 12)
        case None:
            # From an age on: whoever is a day younger is the one too young.
            return tell.born(months=youngest, days=-1 if breaks else 0)
    return within if breaks == limit.forbidden else beyond


def _days(limit: Days, tell: _Teller, breaks: bool) -> Story:
    if limit.unit == "month":
        supplies = range(limit.most * 31 // _MONTH + 2 if breaks else limit.most)
        line = tell.line(prd_days=str(_MONTH))
        return [tell.settlement(line, days=number * _MONTH) for number in supplies]
    if limit.scope == "supply":
        return [tell.settlement(tell.line(prd_days=str(limit.most + breaks)))]
    if limit.scope == "encounter":
        most = limit.most + breaks
        return [tell.settlement(tell.line(prd_days=str(most)), days=most, stays=most)]
    told = [tell.settlement(tell.line(prd_days=str(limit.most)))]
    if breaks:
        told.append(tell.settlement(tell.line(prd_days="1"), days=limit.most))
    return told


def _times(limit: Times, tell: _Teller, breaks: bool) -> Story:
    if limit.period == "interval":
        again = limit.days - breaks
        return [tell.settlement(tell.line()), tell.settlement(tell.line(), days=again)]
    return [tell.settlement(tell.line(cnt=str(limit.most + breaks)))]


def last_event(story: Sequence[Mapping[str, Any]]) -> str:
    """Id of the event that breaks the point in a breaking story."""
    return str(story[-1]["event_id"])
