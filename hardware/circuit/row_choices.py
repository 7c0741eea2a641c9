"""Which way of storing the rows of weights of a projection takes least."""

from spikewright import InvalidInput
from spikewright.hardware.circuit.reaches import Reach
from spikewright.hardware.circuit.stored_rows import CODES, LAYOUTS, StoredRows


def choose(found: Reach, name: str | None = None, *, shared: bool = False, neighbours: bool = False) -> StoredRows:
    """The rows as `name` says; without one, as their bits times passes are fewest, in the order of `LAYOUTS` where that is equal.

    Codes are thought of only where weights are `shared`, packed rows where lanes have `neighbours` and an event reaches several
    channels. Raises InvalidInput for a name that there is not, and for packed rows where they cannot be.
    """
    layouts = LAYOUTS if neighbours and not found.one_channel else LAYOUTS[:2]
    names = [layout + codes for codes in ("", CODES) for layout in layouts]
    if name not in (None, *names):
        raise InvalidInput(f"expected rows stored as {', '.join(names)}, got {name!r}")
    wanted = [name] if name else names if shared else names[: len(layouts)]
    if name is None and not neighbours and found.weights.any(axis=-1).all():
        wanted = [one for one in wanted if one.startswith("dense")]  # a list would leave nothing out
    made = [
        rows for layout in layouts if any(one.startswith(layout) for one in wanted) for rows in _laid(found, layout)
    ]
    every = [*made, *(rows.coded() for rows in made)]
    return min((rows for rows in every if rows.name in wanted), key=StoredRows.cost)


def _laid(found: Reach, layout: str) -> tuple[StoredRows, ...]:
    if layout == "dense":
        return (StoredRows.dense(found),)
    packed = layout == "packed"
    listed = tuple(StoredRows.listed(found, outer, packed=packed) for outer in (0, 1))
    even = StoredRows.even(found, packed=packed)
    return (*listed, even) if 0 < even.each < found.groups else listed
