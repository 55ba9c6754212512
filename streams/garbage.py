"""Python's search for cycles, kept from looking through what has none.

Rules, reference data and histories hold no cycles, but are millions of objects; a full search
through them takes a tenth of a second and more, in which nothing is answered.
"""

import gc
from typing import Final

_THRESHOLDS: Final = (100_000, 50, 50)


def spare_garbage() -> None:
    """Leave out what is there now, and search seldom from now on; for a process that stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
