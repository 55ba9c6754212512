"""Rules on the data that institutions send: what cannot be right whatever happened. Never fraud.

One alert for an institution, a month and a kind of defect collects the settlements concerned.
"""
