"""A circuit in Verilator: compiled once, then it streams whole test sets; events come back in binary files, not as text."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from spikewright import InvalidInput, SpikewrightError
from spikewright.files import atomic_path
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.cosim.icarus import needed_modules
from spikewright.hardware.cosim.programs import call, need, need_version, older, version_of
from spikewright.hardware.cosim.record import MOST_CYCLES, CircuitRun, idle_cycles
from spikewright.hardware.cosim.watching import Watched
from spikewright.kinds import Kind, holds_last

OLDEST = "5.006"
"""The version of Verilator that this was tested with first."""
_MARK = b"spikewright: a core that Verilator compiled\n"
PROGRAM = Kind("a simulation of a core", holds_last(_MARK))

_FLAGS = (
    *("--cc", "--exe", "--top-module", "sw_watched", "--threads", "1", "--output-split", "20000"),
    *("-O3", "--x-assign", "fast", "--x-initial", "fast", "-Wno-fatal", "-Wno-lint", "-Wno-style", "-Wno-UNOPTFLAT"),
)
_WITHOUT_DFG = ("-fno-dfg",)
"""Older versions make words of many lanes by joining lane after lane, with a copy of all those before for each."""
WITH_DFG = "5.048"
"""The version whose graphs of dataflow were found to be worth having: a quarter of the time of a core of 130 lanes."""
_FILES = "stream", "events", "answers"
_KEPT = """\
`verilator_config
public_flat_rd -module "sw_spikes" -var "lowest"
"""
"""Wires that are not to be put into the loops that read them, where they would be worked out for each lane anew."""
_COMPILED = ("OPT_FAST=-O2", "OPT_SLOW=-O0", "OPT_GLOBAL=-O1")
_COUNTING = ("OPT_FAST=-O2 -fprofile-generate -fprofile-update=single", *_COMPILED[1:], "LDFLAGS=-fprofile-generate")
_COUNTED = ("OPT_FAST=-O2 -fprofile-use -Wno-missing-profile", *_COMPILED[1:])
PRACTICE_CYCLES = 300_000
"""For which a program runs on a practice: the compiler knows the branches that were taken then."""


@dataclass(frozen=True)
class Practice:
    """An input for the compiler to learn from: its words, and of how many inferences they are."""

    words: Sequence[int]
    samples: int


@dataclass(frozen=True, eq=False)
class VerilatedCore:
    """A circuit and the program that simulates it, made by `tool`, a version of Verilator.

    The memories are read from the circuit's folder in each run.
    """

    circuit: Circuit
    program: Path
    tool: str

    def run(self, words: list[int], samples: int, limit: int = MOST_CYCLES) -> CircuitRun:
        """What the circuit does with an input `words`, which are those of `samples` inferences.

        Raises SpikewrightError where the simulation does not end within `limit` cycles, InvalidInput for no input.
        """
        if not words:
            raise InvalidInput("expected an input of at least one word, got none")
        with TemporaryDirectory(prefix="spikewright-") as name:
            end, cycles = _called(self.program, self.circuit, words, samples, limit, Path(name))
            if end != "END":
                raise SpikewrightError(f"expected an end of the simulation within {limit:,} cycles, got none")
            return _read(Watched(self.circuit), Path(name), int(cycles))


def run(circuit: Circuit, words: list[int], samples: int, limit: int = MOST_CYCLES) -> CircuitRun:
    """What the circuit in its folder does with an input `words` of `samples` inferences, compiled for this run only.

    Raises SpikewrightError where Verilator or a C++ compiler is missing or too old, or the simulation does not end within
    `limit` cycles; InvalidInput for no input.
    """
    with TemporaryDirectory(prefix="spikewright-") as name:
        return verilated(circuit, Path(name)).run(words, samples, limit)


def verilated(circuit: Circuit, folder: Path, practice: Practice | None = None) -> VerilatedCore:
    """The circuit compiled, its program in `folder`: the one that is there where nothing has changed since but memories.

    With a `practice` it is compiled twice, the second time by what the first program did with it (profile-guided
    optimisation): worth it for test sets, which take three quarters of the time then. What comes out is the same.
    Raises SpikewrightError where Verilator, make or g++ are missing or too old.
    """
    verilator = need_version("verilator", "verilator", OLDEST)
    need("make", "make")
    need("g++", "g++")
    text = Watched(circuit).text()
    sources = [*needed_modules(text), _bench()]
    tool = version_of(call([verilator, "--version"], circuit.folder)) or OLDEST
    flags = (*_FLAGS, *(_WITHOUT_DFG if older(tool, WITH_DFG) else ()))
    told = [
        tool,
        *flags,
        *(_COMPILED if practice is None else _COUNTED),
        _KEPT,
        text,
        *(path.read_text() for path in sources),
    ]
    program = folder / f"sw_{sha256(chr(0).join(told).encode()).hexdigest()[:16]}"
    if not program.exists():
        with TemporaryDirectory(prefix="spikewright-") as name:
            call([verilator, *flags, "-Mdir", "made", *_written(text, sources, Path(name))], Path(name))
            kept(_made(circuit, Path(name) / "made", practice), program)
    return VerilatedCore(circuit, program.resolve(), f"Verilator {tool}")


def kept(compiled: bytes, program: Path) -> None:
    """Write a program. Raises InvalidFile where anything else stands there."""
    with atomic_path(program, PROGRAM) as temporary:
        temporary.write_bytes(compiled + _MARK)
        os.chmod(temporary, 0o755)


def _written(text: str, sources: list[Path], folder: Path) -> list[str]:
    """The files that Verilator is to read, those written that are of this circuit only."""
    (folder / "watched.v").write_text(text)
    (folder / "kept.vlt").write_text(_KEPT)
    return ["kept.vlt", "watched.v", *map(str, sources)]


def _made(circuit: Circuit, made: Path, practice: Practice | None) -> bytes:
    """The program of what Verilator wrote into the folder `made`."""
    make, program = ["make", "-C", str(made), "-f", "Vsw_watched.mk"], made / "Vsw_watched"
    if practice is None:
        call([*make, *_COMPILED], made)
        return program.read_bytes()
    call([*make, *_COUNTING], made)
    _called(program, circuit, practice.words, practice.samples, PRACTICE_CYCLES, made)
    call([*make, "--always-make", *_COUNTED], made)
    return program.read_bytes()


def _called(program: Path, circuit: Circuit, words: Sequence[int], samples: int, limit: int, folder: Path) -> list[str]:
    """ "END" or what else it ended with, and its cycles; the files of `bench.cpp` lie in `folder` then."""
    stream, events, answers = (folder / file for file in _FILES)
    stream.write_bytes(np.array(words, np.uint64).tobytes())
    command = [program, stream, events, answers, samples, limit, idle_cycles(circuit)]
    return call([str(word) for word in command], circuit.folder).split()[-2:]


def _bench() -> Path:
    return Path(str(files("spikewright.hardware") / "cosim" / "bench.cpp"))


def _read(watched: Watched, folder: Path, cycles: int) -> CircuitRun:
    """The files of `bench.cpp`."""
    events, answers = (folder / file for file in _FILES[1:])
    rows = np.fromfile(events, np.int64).reshape(-1, 3)
    found = {number: rows[rows[:, 0] == slot, 1:] for slot, number in enumerate(watched.senders)}
    blocks = np.fromfile(answers, np.uint8).reshape(-1, 8 + watched.answer_bits // 8)
    return CircuitRun(found, blocks[:, :8].copy().view(np.int64)[:, 0], blocks[:, 8:], cycles)
