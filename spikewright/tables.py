"""Tables of names: each name stands for a record, and what a user reads about it comes from the record's own class.

    ATTACKS = Family("attack", "spikewright.robustness.attacks.base:Attack", {
        "fgsm": "spikewright.robustness.attacks.fgsm:FGSM",
        "pgd": "spikewright.robustness.attacks.pgd:PGD",
    })

    ATTACKS.make("pgd", {"steps": 10})              # PGD(steps=10)
    ATTACKS.make("mine.attacks:Gradient", {})       # a user's own, found from the working folder too

Members are written as "module:object", so that a table of names loads nothing. They are frozen dataclasses, whose fields say
what they take (`spikewright.fields`), or, with `finished=True`, records that have no settings, such as devices.
"""

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, Generic, TypeVar

from spikewright.errors import InvalidInput
from spikewright.fields import Option, Within, changed, check_fields, options, read_fields, record_of, summary
from spikewright.importing import a, imported, nearest, unknown

__all__ = ["Family", "Option", "Within", "changed", "check_fields", "imported", "nearest", "options", "summary"]

T = TypeVar("T")


class Family(Mapping[str, T], Generic[T]):
    """A table from names to classes of records that are all of the class `base`, or to such records (`finished`).

    noun: what one of them is called in messages, such as "attack".
    base: their class, or where it stands, as "module:object".
    members: by name, each as the object itself or as "module:object".
    """

    def __init__(self, noun: str, base: str | type[Any], members: Mapping[str, Any], *, finished: bool = False) -> None:
        self.noun, self.finished = noun, finished
        self._base, self._members = base, dict(members)

    def __getitem__(self, name: str) -> T:
        member = self._members[name]
        found: T = imported(member) if isinstance(member, str) else member
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, name: object) -> bool:
        return name in self._members

    @property
    def places(self) -> tuple[str, ...]:
        """The "module:object" of the members that are written so."""
        return tuple(member for member in self._members.values() if isinstance(member, str))

    @property
    def base(self) -> type[Any]:
        """The class that all members have."""
        return imported(self._base) if isinstance(self._base, str) else self._base

    def find(self, name: str) -> T:
        """The member called `name`, or a user's own as "package.module:object".

        Raises InvalidInput for a name that is not there, with the nearest one, and for an object that is none of the family.
        """
        if isinstance(name, str) and name in self:
            return self[name]
        if not isinstance(name, str) or ":" not in name:
            raise unknown(self.noun, name, self, f"your own as package.module:{'object' if self.finished else 'Class'}")
        found: T = imported(name, self.noun)
        if not self.holds(found):
            raise InvalidInput(f"expected {name} to be {self._told_kind}, got {_kind_of(found)}; {self._way_out}")
        return found

    def holds(self, found: Any) -> bool:
        """Whether an object is of this family: a record of the base, or, unless all are finished, a dataclass below it."""
        if isinstance(found, type):
            return not self.finished and issubclass(found, self.base) and is_dataclass(found)
        return isinstance(found, self.base)

    def summary(self, name: str) -> str:
        """One line about the member `name`."""
        return summary(self.find(name))

    def options(self, name: str) -> tuple[Option, ...]:
        """The settings of the member `name`."""
        found: Any = self.find(name)
        return options(found if isinstance(found, type) else type(found))

    def make(self, name: str, given: Mapping[str, Any]) -> Any:
        """The record `name` with the settings `given`, as in a file; those of a nested record are a mapping again.

        Raises InvalidInput for a setting that it does not have, with the nearest, for a value that does not fit, and for one
        that is missing.
        """
        return record_of(self.find(name), given, f"the {self.noun} {name!r}")

    def read(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Settings of the member `name` as a command line has them, texts as values; "a.b" is the setting b of the record a."""
        found: Any = self.find(name)
        return read_fields(found if isinstance(found, type) else type(found), given)

    @property
    def _told_kind(self) -> str:
        kind = self.base.__name__
        return f"a record of {kind}" if self.finished else f"a dataclass that is {a(kind)}"

    @property
    def _way_out(self) -> str:
        name = self.base.__name__
        return f"try {name}(...)" if self.finished else f"try @dataclass(frozen=True) class Mine({name})"


def _kind_of(found: Any) -> str:
    return f"the class {found.__name__}" if isinstance(found, type) else type(found).__name__
