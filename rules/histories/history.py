"""What every history is: a key, its series of records, and the alerts it has raised."""

from collections.abc import Sequence
from typing import Any, Final, NoReturn, SupportsIndex, TypeVar

from msgspec import Struct

from rules.histories.records import SERIES, AnyRecord, Record
from rules.histories.series import put

R = TypeVar("R", bound=Record)


class _Nothing(list[Any]):
    """A series in which nothing has been put yet: one for all, and it stays empty.

    Most series of most histories are empty, and an empty list takes as much room as ten numbers.
    """

    def append(self, _: object) -> NoReturn:
        """Refuse."""
        raise TypeError("a series is begun by History.put")

    def insert(self, _: SupportsIndex, __: object) -> NoReturn:
        """Refuse."""
        raise TypeError("a series is begun by History.put")


class _Unwritten(dict[Any, Any]):
    """What was raised or counted where nothing was: one for all, and it stays empty."""

    def __setitem__(self, _: object, __: object) -> NoReturn:
        """Refuse."""
        raise TypeError("a mapping of a history is begun by whoever writes to it first")


NOTHING: Final = _Nothing()
UNWRITTEN: Final = _Unwritten()


class Standing(Struct, array_like=True, gc=False):
    """What is known of an alert that this key has raised."""

    digest: int
    revision: int
    time: int
    withdrawn: bool = False


class History(Struct, gc=False):
    """What every history has: its key and the alerts it has raised, by rule and matter."""

    key: str
    standing: dict[str, Standing] = UNWRITTEN

    def take(self, record: AnyRecord) -> Sequence[Record] | None:
        """Take up a record; return what rules must look at again, None if it was known."""
        name = SERIES[type(record)]
        series: list[AnyRecord] | None = getattr(self, name, None)
        if series:
            if series[-1].time < record.time:
                series.append(record)
                return (record,)
        elif series is NOTHING:
            setattr(self, name, [record])
            return (record,)
        elif series is None:
            raise TypeError(f"{type(self).__name__} does not keep {type(record).__name__}")
        kept = put(series, record)
        return (kept,) if kept is not None else None

    def put(self, name: str, record: R) -> R | None:
        """Put a record into a series; see `rules.histories.series.put`."""
        series: list[R] = getattr(self, name)
        if series is NOTHING:
            setattr(self, name, [record])
            return record
        return put(series, record)

    def stand(self, matter: str, known: Standing) -> None:
        """Write down what is known of an alert that this key has raised."""
        if self.standing is UNWRITTEN:
            self.standing = {}
        self.standing[matter] = known

    def parts(self) -> tuple[list[Record], ...]:
        """The series of this history."""
        found = (getattr(self, name) for name in self.__struct_fields__)
        return tuple(part for part in found if isinstance(part, list))
