"""Models in the stream: what is asked of them while events are taken, and what becomes of it.

A model that is missing, stale or broken is told to the operator and never stops the rules.
"""
