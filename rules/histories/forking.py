"""Copies of histories that can be changed without the original noticing.

Records are frozen and replaced, never changed, so a copy needs lists and mappings of its own and
shares everything in them.
"""

from typing import Any, TypeVar

from rules.histories.keyed import History

H = TypeVar("H", bound=History)


def fork(history: H) -> H:
    """A copy that takes records up on its own."""
    return type(history)(
        *[_own(getattr(history, name)) for name in history.__struct_fields__],
    )


def _own(value: Any) -> Any:
    return value.copy() if isinstance(value, (list, dict)) else value
