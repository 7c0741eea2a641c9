"""What a worker is told and what it answers: plain values that any runner can send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.work_folder import CellBusy

FaultKind = Literal["refused", "failed", "lost", "again", "full"]


@dataclass(frozen=True)
class Fault:
    """Why a cell has no result.

    kind: "refused" (bad input, told in a sentence), "failed" (the stage raised something else), "lost" (its process ended or
        had no memory: worth another try), "again" (it was never begun: another process makes it, or the way to the worker broke;
        it is tried again as often as it takes), "full" (nothing can be written).
    said: the sentence. trace: where it was raised, for those who look for the cause.
    """

    kind: FaultKind
    said: str
    trace: str = ""


@dataclass(frozen=True)
class Order:
    """One cell to make.

    cell: without the cells that it needs, see `inputs`.
    inputs: the folder's name of each need, by role.
    store, number: the folder of the store on the runner's machine, and the store's own number: a worker that sees the number
        there writes there.
    packed: the folders of needs as archives, by folder's name, for a worker that does not see them.
    threads: of the engines' kernels.
    tries: which try this is, from 1.
    """

    cell: Cell
    inputs: Mapping[str, str]
    store: str
    number: str
    threads: int = 1
    tries: int = 1
    packed: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class CellOutcome:
    """What became of an order: the cell is stored, or comes `packed`, or `missing` needs must be sent first, or a fault."""

    key: str
    fault: Fault | None = None
    missing: tuple[str, ...] = ()
    packed: bytes | None = field(default=None, repr=False)
    seconds: float = 0.0
    memory_mb: float = 0.0
    damaged: tuple[str, ...] = ()


def bare(cell: Cell) -> Cell:
    """The cell for an order: the same key, without the cells that it needs."""
    made = Cell(cell.stage, cell.name, cell.seed, cell.params, {}, cell.place, cell.version)
    made.__dict__["key"] = cell.key
    return made


def fault_of(error: BaseException, folder: str = "") -> Fault:
    """An exception as a fault. Memory that is short may be there later; what was told on purpose will not change.

    folder: that of the store, named where nothing can be written.
    """
    import errno
    import traceback

    from spikewright import SpikewrightError

    trace = "".join(traceback.format_exception(error))
    if _errno(error) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS):
        return Fault("full", _unwritten(error, folder), trace)
    if isinstance(error, CellBusy):
        return Fault("again", str(error))
    if isinstance(error, SpikewrightError):
        return Fault("refused", str(error))
    if isinstance(error, MemoryError):
        return Fault(
            "lost", f"expected memory for it, got: {_line(error)}; try fewer workers, or a machine with more", trace
        )
    return Fault("failed", f"expected a result, got {_line(error)}", trace)


def _errno(error: BaseException | None) -> Any:
    """The number of the system's error behind an exception."""
    while error is not None:
        if isinstance(error, OSError):
            return error.errno
        error = error.__cause__ or error.__context__
    return None


def _unwritten(error: BaseException, folder: str) -> str:
    """The sentence of a full or read-only disk; the system often leaves out which file it was."""
    if not isinstance(error, OSError):
        return " ".join(str(error).split())
    place, reason = error.filename or folder, error.strerror or str(error)
    return f"expected to write {place}, got: {reason}; make room, and run the same again: what is finished is stored"


def _line(error: BaseException) -> str:
    from spikewright.importing import raised

    return raised(error)
