"""An exported core against its golden traces: its own test bench in Icarus Verilog."""

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from spikewright import InvalidFile, InvalidInput
from spikewright.hardware.core.load import load_core
from spikewright.hardware.cosim.programs import call, need
from spikewright.hardware.devices import Device
from spikewright.progress import watched


@dataclass(frozen=True)
class Verification:
    """What a simulation of the Verilog in a folder found.

    `equal`: every event of every population and every word of the answers is as in the golden traces. `differences`: what the
    bench said of the first that are not. `answer_cycles`: the cycle, from reset on, in which each answer was whole; `cycles`:
    how long all of it took.
    """

    equal: bool
    answer_cycles: tuple[int, ...]
    cycles: int
    differences: tuple[str, ...] = ()


@watched
def verify(folder: str | Path, *, limit: int | None = None, device: Device | None = None) -> Verification:
    """Simulate the exported core in `folder` with Icarus Verilog and compare all that it sends with its golden traces.

    `limit`: clock cycles after which it is given up; `device` as in `load_core`. A difference is a result, not an error. Raises
    InvalidFile for a core that is broken or has no circuit, InvalidInput for a limit below 1, SpikewrightError where Icarus is
    missing (with what to install).
    """
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise InvalidInput(f"expected a limit of at least one cycle, got {limit!r}")
    core, _ = load_core(folder, device=device)
    if core.circuit is None:
        why = core.without_circuit or f"it is of version {core.version}"
        raise InvalidFile(f"expected a core with a circuit in {folder}, got one without: {why}")
    printed = _simulated(Path(folder).resolve(), limit)
    lines = printed.splitlines()
    end = next((line for line in lines if line.startswith(("PASS", "FAIL"))), "FAIL the simulation said nothing")
    answers = tuple(int(found[1]) for found in re.finditer(r"^answer \d+ in cycle (\d+)$", printed, re.MULTILINE))
    if end.startswith("PASS"):
        return Verification(True, answers, int(re.findall(r"\d+", end)[1]))
    told = tuple(line for line in lines if " differ" in line or line.startswith("FAIL no end"))
    return Verification(False, answers, max(answers, default=0), told or (end,))


def _simulated(folder: Path, limit: int | None) -> str:
    """What the bench printed."""
    compiler = need("iverilog", "iverilog")
    sources = [str(folder / "tb" / "bench.v"), *(str(path) for path in sorted((folder / "rtl").glob("*.v")))]
    with TemporaryDirectory(prefix="spikewright-") as name:
        program = str(Path(name) / "bench")
        call([compiler, "-g2005", "-s", "bench", "-o", program, *sources], folder / "mem")
        return call(["vvp", "-n", program, *([f"+limit={limit}"] if limit else [])], folder / "mem")
