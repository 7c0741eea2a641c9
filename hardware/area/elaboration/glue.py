"""The look-up tables that the top level of a circuit has beside its modules."""

import re
from dataclasses import dataclass

_JOINED = re.compile(r"^assign (\w+) = (\w+(?: \| \w+)+);$", re.MULTILINE)
_FORKED = re.compile(r"(?: &&? [\w\[\]]+)+")
_MORE = 3
"""Signals that one more look-up table of four inputs adds to those that came before."""


@dataclass(frozen=True)
class Glue:
    """joined: what the projections into one layer bring, bit by bit. forked: events that go to several readers."""

    joined: int
    forked: int

    @classmethod
    def of(cls, text: str) -> "Glue":
        """That of the Verilog of a circuit, or of a layer."""
        joined = sum(_bits(text, name) * _tables(parts, " | ") for name, parts in _JOINED.findall(text))
        return cls(joined, sum(_tables(found, " &") for found in _FORKED.findall(text)))

    @property
    def parameters(self) -> tuple[tuple[str, int], ...]:
        """As parameters of the top level."""
        return ("FORKED", self.forked), ("JOINED", self.joined)


def _bits(text: str, name: str) -> int:
    found = re.search(rf"^wire \[(\d+):0\] {name};$", text, re.MULTILINE)
    return int(found[1]) + 1 if found else 1


def _tables(parts: str, sign: str) -> int:
    return -(-parts.count(sign) // _MORE)
