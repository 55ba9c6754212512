"""Reports of an institution's stock to facts: goods sold, returned, bought, moved and counted."""

from functools import lru_cache
from typing import Final

from events.codes import stock_sign
from events.kinds import Stock
from events.times import day_of, day_start, epoch, month_of, months_from, quarter_begin
from rules.histories import keyed
from rules.histories.contradictions import LEDGER, MESSAGE, sent_day
from rules.histories.facts import Fact, city_of, is_traceable, month_key, quarter_key
from rules.histories.records import Defect, Goods, Ledger, Move, Paper, Report
from rules.histories.sales import GOODS_DAYS
from rules.histories.visits import thousandths

_SALE: Final = "3505"
_SALE_RETURN: Final = "3506"
_PHARMACY: Final = "P"
"""How a pharmacy's code begins."""


def stock_facts(e: Stock) -> list[Fact]:
    """A stock movement: in the drug's stock, for the settlement it was sold or returned for.

    Its institution's month, and the two after it, remember that something was reported on the
    day; the record is the same for all that is reported on one day, so that one is kept. Its
    neighbours remember that it reports at all.
    """
    time, inst = epoch(e.event_time), e.fixmedins_code
    infno = e.infno[:4]
    day = day_of(time)
    begin = day_start(day)
    report = Report(f"stock {begin}", begin)
    facts = [Fact(keyed.INSTITUTION_MONTH, f"{inst}|{month}", report) for month in months_from(day)]
    facts += _shown(inst, quarter_begin(day))
    sent = sent_day(e.event_id[:MESSAGE]) if len(e.event_id) >= MESSAGE else None
    if sent is not None and sent - day > GOODS_DAYS:
        facts.append(_late(e, time, sent - day))
    if infno == _SALE:
        goods = Goods(
            e.event_id, time, e.setl_id, inst, False, "" if e.setl_id else e.med_list_codg
        )
        facts += [Fact(keyed.SALES, f"{inst}|{month}", goods) for month in _near(day)]
    if infno in (_SALE, _SALE_RETURN) and e.setl_id:
        if infno == _SALE_RETURN:
            facts += [
                Fact(keyed.DOCUMENT, f"trace|{trace}", _returned(e, time))
                for trace in e.drug_trac_codg
                if is_traceable(trace)
            ]
        return [*facts, _sold(e, time, infno)]
    quantity, via = _moved(infno, e.inv_chg_type, thousandths(e.cnt))
    if quantity:
        move = Move(e.event_id, time, quantity, via, e.setl_id, 0)
        facts.append(Fact(keyed.STOCK, f"{inst}|{e.med_list_codg}", move))
    return facts


@lru_cache(65536)
def _shown(inst: str, first: int) -> tuple[Fact, ...]:
    """Word to a pharmacy's neighbours that it reports stock in the quarter that a day begins."""
    city = city_of(inst)
    if not city.startswith(_PHARMACY):
        return ()
    begin = day_start(first)
    ledger = Ledger(f"stock {inst}", begin, inst)
    return (Fact(keyed.NEIGHBOURS, quarter_key(city, begin), ledger),)


@lru_cache(4096)
def _near(day: int) -> tuple[str, ...]:
    """The month of a day, the one its sales may have been settled in, the one it precedes.

    That sales were reported in the last days of a month shows that they are from the first day of
    the next one on.
    """
    days = (day, day - GOODS_DAYS, day + GOODS_DAYS)
    return tuple(dict.fromkeys(month_of(day_start(one)) for one in days))


def _late(e: Stock, time: int, days: int) -> Fact:
    """A report whose message was built days after what it reports."""
    area = e.mdtrtarea_admvs or e.insuplc_admdvs
    defect = Defect(e.event_id, time, LEDGER, (LEDGER,), e.setl_id, area, area, days)
    return Fact(keyed.INSTITUTION_MONTH, f"{month_key(e.fixmedins_code, time)}|{LEDGER}", defect)


def _sold(e: Stock, time: int, infno: str) -> Fact:
    """Goods reported as sold for a settlement, or as come back."""
    count = abs(thousandths(e.cnt))
    quantity = count if infno == _SALE else -count
    move = Move(e.event_id, time, quantity, "sold", e.setl_id, int(e.pric * 10000))
    return Fact(keyed.STOCK, f"{e.fixmedins_code}|{e.med_list_codg}", move)


def _moved(infno: str, change: str, count: int) -> tuple[int, str]:
    """Signed quantity in thousandths and the sort of a movement of `count` thousandths."""
    if infno == "3501":
        return count, "opening"
    if infno == "3502":
        return stock_sign(change) * abs(count), "transfer"
    if infno == "3503":
        return abs(count), "purchase"
    if infno == "3504":
        return -abs(count), "purchase"
    if infno == _SALE:
        return -abs(count), "sale"
    if infno == _SALE_RETURN:
        return abs(count), "return"
    return 0, ""


def _returned(e: Stock, time: int) -> Paper:
    """Goods that came back: their trace codes may be sold again."""
    return Paper(
        e.event_id,
        time,
        e.setl_id,
        e.psn_no,
        e.fixmedins_code,
        "return",
        "",
        e.med_list_codg,
        0,
        0,
        e.insuplc_admdvs,
    )
