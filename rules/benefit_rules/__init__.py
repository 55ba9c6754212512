"""Rules on what the pool paid: recomputed by the area's law, and whether it should have paid.

What the law gives is asked of `rules.benefit`; here is what a person's records make of it.
"""
