"""Copies of histories that can be changed without the original noticing.

Records are frozen and replaced, never changed, so a copy needs lists and mappings of its own, down
to the records, which it shares.
"""

from typing import Any, TypeVar

from rules.histories.history import History

H = TypeVar("H", bound=History)


def fork(history: H) -> H:
    """A copy that takes records up on its own."""
    return type(history)(
        *[_own(getattr(history, name)) for name in history.__struct_fields__],
    )


def _own(value: Any) -> Any:
    if isinstance(value, list):
        return value.copy()
    if isinstance(value, dict):
        # What holds one list or mapping holds nothing else.
        if value and isinstance(next(iter(value.values())), (list, dict)):
            return {name: _own(part) for name, part in value.items()}
        return value.copy()
    return value
