"""Periodic exports: what ledger and archive say of a period, as files that prove themselves.

The figures are pure sums over archived events; everything that is written is a function of ledger,
archive, reference and period, so that writing it again gives the same bytes. No identity of any
person is in them.
"""
