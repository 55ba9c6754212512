"""Ranks alerts in the ledger from what the places of this worker remember of their settlements."""

import asyncio
import time
from functools import partial

from alerts.ledger import Ledger
from events.kinds import Settlement
from rules.histories import keyed
from rules.histories.keyed import Place
from streams.anomaly.ranking import Known, Plan, Ranker, grouped
from streams.worker.partitioning import place_number
from streams.worker.partitions import Partitions
from streams.worker.store import Store


async def rank_mine(ranker: Ranker, ledger: Ledger, places: Partitions, partitions: int) -> None:
    """Rank open alerts that name settlements of places of this worker; others rank the rest."""
    plan = await asyncio.to_thread(_plan, ranker, ledger)
    if not plan.alerts:
        return
    known: list[Known] = []
    shared: dict[int, list[Settlement]] = {}
    for inst, settlements in grouped(plan.settlements).items():
        number = place_number(keyed.PLACE, inst, partitions)
        shared.setdefault(number, []).extend(settlements)
    for number, settlements in shared.items():
        await places.look(number, partial(_look, ranker, settlements, known))
    await asyncio.to_thread(_rank, ranker, ledger, plan, known)


def _plan(ranker: Ranker, ledger: Ledger) -> Plan:
    with ledger.read() as connection:
        return ranker.plan(connection, int(time.time() * 1000))


def _look(ranker: Ranker, settlements: list[Settlement], known: list[Known], store: Store) -> None:
    def place_of(inst: str) -> Place | None:
        history = store.histories.get(keyed.PLACE, inst)
        return history if isinstance(history, Place) else None

    known += ranker.known(settlements, place_of)


def _rank(ranker: Ranker, ledger: Ledger, plan: Plan, known: list[Known]) -> None:
    with ledger.begin() as connection:
        ranker.rank(connection, plan, known, int(time.time() * 1000))
