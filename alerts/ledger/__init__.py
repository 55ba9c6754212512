"""The ledger: alerts, their journal, dead letters and how far the sources were read.

One database, SQLite beside the embedded monitor or PostgreSQL behind the workers. Everything is
written through one connection of `Ledger.begin`, so that what belongs together commits together.
"""

from alerts.ledger.database import Ledger, LedgerError

__all__ = ["Ledger", "LedgerError"]
