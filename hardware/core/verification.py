"""An exported core against its golden traces: its own test bench in Icarus Verilog or in Verilator."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from spikewright import InvalidFile, InvalidInput
from spikewright.hardware.core.load import load_core
from spikewright.hardware.core.schema import Core
from spikewright.hardware.core.tool_files import MANY, RANDOM, VERILATOR
from spikewright.hardware.cosim.programs import call, found, need, need_icarus, need_version
from spikewright.hardware.cosim.verilator import OLDEST
from spikewright.hardware.devices import Device
from spikewright.progress import watched


@dataclass(frozen=True)
class Verification:
    """What a simulation of the Verilog in a folder found.

    `equal`: every event of every population and every word of the answers is as in the golden traces. `differences`: what the
    bench said of the first that are not. `answer_cycles`: the cycle, from reset on, in which each answer was whole; `cycles`:
    how long all of it took; `simulator`: which one ran it.
    """

    equal: bool
    answer_cycles: tuple[int, ...]
    cycles: int
    differences: tuple[str, ...] = ()
    simulator: str = "icarus"


@watched
def verify(
    folder: str | Path,
    *,
    limit: int | None = None,
    device: Device | str | Path | None = None,
    simulator: str | None = None,
) -> Verification:
    """Simulate the exported core in `folder` and compare all that it sends with its golden traces.

    `limit`: clock cycles after which it is given up; `device` as in `load_core`; `simulator`: "icarus" or "verilator", and where
    nothing is said Verilator for more than 64 physical neurons if it is installed, since Icarus takes hours for hundreds of
    them. A difference is a result, not an error. Raises InvalidFile for a core that is broken or has no circuit, InvalidInput for
    a limit below 1 or another simulator, SpikewrightError where the simulator is missing or too old (with what to install).
    """
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise InvalidInput(f"expected a limit of at least one cycle, got {limit!r}; try 1_000_000")
    if simulator not in (None, *_SIMULATORS):
        raise InvalidInput(f"expected a simulator out of {', '.join(_SIMULATORS)}, got {simulator!r}; try icarus")
    core, _ = load_core(folder, device=device)
    if core.circuit is None:
        why = core.without_circuit or f"it is of version {core.version}"
        raise InvalidFile(f"expected a core with a circuit in {folder}, got one without: {why}")
    chosen = simulator or _usual(core)
    with TemporaryDirectory(prefix="spikewright-") as name:
        printed = _SIMULATORS[chosen](Path(folder).resolve(), Path(name), [f"+limit={limit}"] if limit else [])
    return _judged(printed, chosen)


def _usual(core: Core) -> str:
    """Which simulator is taken for a core where nothing is said."""
    lanes = sum(population.physical_neurons or 0 for population in core.populations)
    return "verilator" if lanes > MANY and found("verilator") else "icarus"


def _judged(printed: str, simulator: str) -> Verification:
    """What the lines of a bench say."""
    lines = printed.splitlines()
    end = next((line for line in lines if line.startswith(("PASS", "FAIL"))), "FAIL the simulation said nothing")
    answers = tuple(int(match[1]) for match in re.finditer(r"^answer \d+ in cycle (\d+)$", printed, re.MULTILINE))
    if end.startswith("PASS"):
        return Verification(True, answers, int(re.findall(r"\d+", end)[1]), simulator=simulator)
    told = tuple(line for line in lines if " differ" in line or line.startswith("FAIL no end"))
    return Verification(False, answers, max(answers, default=0), told or (end,), simulator)


def _in_icarus(folder: Path, beside: Path, options: list[str]) -> str:
    """What the bench printed."""
    compiler = need_icarus()
    program = str(beside / "bench")
    call([compiler, "-g2005", "-s", "bench", "-o", program, *_sources(folder)], folder / "mem")
    return call(["vvp", "-n", program, *options], folder / "mem")


def _in_verilator(folder: Path, beside: Path, options: list[str]) -> str:
    """What the bench printed."""
    compiler = need_version("verilator", "verilator", OLDEST)
    need("make", "make")
    need("g++", "g++")
    call([compiler, *VERILATOR, "-Mdir", str(beside), *_sources(folder)], folder / "mem")
    return call([str(beside / "bench"), *RANDOM, *options], folder / "mem")


def _sources(folder: Path) -> list[str]:
    return [str(folder / "tb" / "bench.v"), *(str(path) for path in sorted((folder / "rtl").glob("*.v")))]


_SIMULATORS: Mapping[str, Callable[[Path, Path, list[str]], str]] = {"icarus": _in_icarus, "verilator": _in_verilator}
