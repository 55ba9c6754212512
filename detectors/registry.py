"""Every detector, found by looking through this package: a new module needs no list."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import detectors
from detectors.detector import Detector


@cache
def all_detectors() -> tuple[Detector, ...]:
    """One of each, by name."""
    found: dict[str, Detector] = {}
    for module in iter_modules(detectors.__path__):
        if module.ispkg:
            continue
        loaded = import_module(f"detectors.{module.name}")
        for kind in vars(loaded).values():
            if (
                isinstance(kind, type)
                and kind.__module__ == loaded.__name__
                and all(hasattr(kind, name) for name in ("about", "subject", "columns"))
                and kind.__name__ != "Detector"
            ):
                one: Detector = kind()
                found[one.name] = one
    return tuple(found[name] for name in sorted(found))
