"""What is stored for an expression: its memories, their bits, and expressions with other words in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.weights.errors import InvalidWeights
from spikewright.weights.expression import Array, Expression
from spikewright.weights.leaf import Leaf
from spikewright.weights.masks import Mask

Part = Leaf | Mask


@dataclass(frozen=True, eq=False)
class Memory:
    """One memory: `words` integers (or real numbers) of `bits` bits each, two's complement where `signed`.

    `name` says where it is in the expression, such as "base/index". `holds`: "weights", "tables", "indices" (into tables, and
    signs), "scales" (and zero points), or "places" (which weights are stored).
    """

    name: str
    holds: str
    words: Array
    bits: int
    signed: bool

    @property
    def total_bits(self) -> int:
        """All of its words."""
        return int(self.words.size) * self.bits


def leaves(e: Expression) -> Iterator[tuple[str, str, Leaf]]:
    """The stored arrays alone: the name of the memory of each, what it holds, and the leaf."""
    return ((name, holds, part) for name, holds, part in _stored(e) if isinstance(part, Leaf))


def memories(e: Expression) -> tuple[Memory, ...]:
    """Everything that is stored for `e`, in the order of its fields; what a seed draws is not stored."""
    return tuple(memory for name, holds, part in _stored(e) for memory in _memories(name, holds, part))


def with_leaves(e: Expression, changed: Mapping[str, Leaf]) -> Expression:
    """The same expression with other leaves of these names, whose words may be wider."""
    made: Expression = _replaced(e, "", changed)
    return made


def with_memories(e: Expression, changed: Mapping[str, Any]) -> Expression:
    """The same expression with other words in the memories of these names, as many as there were.

    Raises InvalidWeights for names that no memory has, and for words that do not fit: too many, too wide, places that the mask
    cannot have.
    """
    known = {memory.name for memory in memories(e)}
    if set(changed) - known:
        raise InvalidWeights(f"expected memories out of {sorted(known)}, got {sorted(set(changed) - known)}")
    parts: dict[str, Part] = {name: _leaf(leaf, changed[name]) for name, _, leaf in leaves(e) if name in changed}
    parts |= {name: _mask(part, name, changed) for name, _, part in _stored(e) if isinstance(part, Mask)}
    made: Expression = _replaced(e, "", parts)
    return made


def bits(e: Expression, holds: str | None = None) -> int:
    """How many bits are stored for `e`: in all its memories, or in those that hold "weights", "places", ..."""
    return sum(_bits(part) for _, held, part in _stored(e) if holds in (None, held))


def _bits(part: Part) -> int:
    return part.index_bits if isinstance(part, Mask) else part.size * part.word_bits


def _stored(e: Any, name: str = "", holds: str = "weights") -> Iterator[tuple[str, str, Part]]:
    """Leaves and masks with their names and what they hold."""
    if isinstance(e, Leaf | Mask):
        yield name or "values", holds, e
    elif isinstance(e, Expression):
        for field, value in e.parts():
            yield from _stored(value, _below(name, field), e.roles.get(field, holds))
    elif isinstance(e, tuple):
        for number, value in enumerate(e):
            yield from _stored(value, _below(name, str(number)), holds)


def _memories(name: str, holds: str, part: Part) -> Iterator[Memory]:
    if isinstance(part, Leaf):
        yield Memory(name, holds, part.array, part.word_bits, part.signed or part.real)
        return
    for number, (words, width) in enumerate(part.words()):
        yield Memory(f"{name}/{number}", holds, words, width, False)


def _replaced(e: Any, name: str, parts: Mapping[str, Part]) -> Any:
    """`e` with other leaves and masks at these names."""
    if isinstance(e, Leaf | Mask):
        return parts.get(name or "values", e)
    if isinstance(e, tuple):
        return tuple(_replaced(value, _below(name, str(number)), parts) for number, value in enumerate(e))
    if not isinstance(e, Expression) or not parts:
        return e
    return type(e)(*(_replaced(value, _below(name, field), parts) for field, value in e.parts()))


def _leaf(old: Leaf, words: Any) -> Leaf:
    array = np.asarray(words)
    if array.size != old.size or (array.dtype.kind == "f") != old.real:
        raise InvalidWeights(f"expected {old.size} words of {old.array.dtype}, got {array.size} of {array.dtype}")
    if array.dtype.kind == "i" and not old.signed and not np.any(array < 0):
        array = array.astype(np.uint64)
    made = Leaf(array.reshape(old.shape), old.alphabet)  # refuses what does not fit, before the type could wrap it
    return Leaf(made.array.astype(old.array.dtype), old.alphabet)


def _mask(old: Mask, name: str, changed: Mapping[str, Any]) -> Mask:
    pieces = old.words()
    given = [np.asarray(changed.get(f"{name}/{number}", words)) for number, (words, _) in enumerate(pieces)]
    if not any(f"{name}/{number}" in changed for number in range(len(pieces))):
        return old
    if any(new.size != words.size for new, (words, _) in zip(given, pieces, strict=True)):
        raise InvalidWeights(f"expected as many words as before in the index of {old.extents}, got others")
    try:
        places = old.way.read([words.astype(np.int64).reshape(-1) for words in given], old.extents)
    except (ValueError, IndexError) as error:
        raise InvalidWeights(f"expected an index that tells places of {old.extents}, got: {error}") from error
    return Mask(old.extents, np.sort(places), old.layout)


def _below(name: str, field: str) -> str:
    return f"{name}/{field}" if name else field
