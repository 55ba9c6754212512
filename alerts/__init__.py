"""What comes out: alerts, the ledger that keeps them, and its journal.

May import `events`, `rules` and (types only) `detectors`; knows nothing of how events arrive.
"""
