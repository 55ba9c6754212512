"""Features: what is known at a settlement about it, its person, its place and past verdicts.

The same functions serve training and the stream. A feature looks only at records strictly before
its settlement, by event time and event id, so it is a function of the set of events.
"""
