"""A seeded generator of people, institutions and a labelled event stream.

Everything is made up. Normal life is in `life/`, frauds and their legitimate look-alikes in
`frauds/` and `near_misses/`, one function a typology; `simulate` writes it all into a folder.
"""

from simulation.generate import Summary, simulate

__all__ = ["Summary", "simulate"]
