"""Keyed histories: the only state. Compact, in event time, one per person, account, institution
day or month, terminal day, document or stocked drug.

Rules read them; `rules.engine` writes them. A history is the same whatever the order in which its
records arrived, because it is a set of records sorted by event time and event id.
"""
