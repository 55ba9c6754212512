"""What supervisors do with alerts: work on one, build a case, decide, hand it over, prove it.

Plain functions over a connection of the ledger. A function that changes something belongs into a
transaction of `Ledger.begin`, takes who acts and the wall time (epoch ms), holds the version that
the actor saw against the one in the ledger, and leaves an entry in the journal. Whoever may not
see an area is told that there is nothing.
"""
