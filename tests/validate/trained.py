"""`make validate ARGS="--trained lenet5-mnist ..."`: the test set of a trained network through its circuit, chunk by chunk.

What was equal is kept in `FOLDER/<name>.json` by a digest of the circuit, its modules and its memories: another run goes on
there, as long as the circuit is the same. Verilator's program is kept beside it.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim import verilator
from spikewright.hardware.cosim.comparing import sent_words
from spikewright.hardware.cosim.icarus import needed_modules
from spikewright.hardware.cosim.record import CircuitRun
from tests.onnx_check.progress import commit_of
from tests.validate.checking import Checked, beside
from tests.validate.networks import lanes_for, trained
from tests.validate.page import FIRST_TOOL
from tests.validate.progress import READ

CYCLES_EACH = 20_000_000
"""Of an image: more are given up."""
PRACTISED = 2
"""Images that the compiler learns from."""


@dataclass(frozen=True)
class TrainedCore:
    """What is to be run: a network of the zoo, a recipe, the most lanes of a layer (None: many), images, and in how large chunks.

    `data`: the folder of the data sets; `folder`: where programs and what was compared are kept.
    """

    name: str
    recipe: str
    most: int | None
    images: int
    chunk: int
    data: Path | None
    folder: Path

    @property
    def told(self) -> str:
        """Its name on the page and of its file."""
        lanes = "many lanes" if self.most is None else f"{self.most} lane{'s' * (self.most > 1)}"
        return f"{self.name}, {self.recipe}, {lanes}"


def run_trained(wanted: TrainedCore) -> dict[str, Any]:
    """Compare images that were not compared yet; the state after each chunk is kept, the last one is given.

    Raises InvalidInput for what there is no circuit for, SpikewrightError without Verilator.
    """
    network, images = trained(wanted.name, wanted.recipe, wanted.data)
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="spikewright-") as name:
        circuit = build(network, lanes_for(wanted.name, network, wanted.most), Path(name) / "core")
        practice = verilator.Practice(sent_words(circuit, images[:PRACTISED]), len(images[:PRACTISED]))
        core = verilator.verilated(circuit, wanted.folder, practice)
        state = _begun(wanted, circuit, core.tool)
        count = min(wanted.images, len(images))
        while state["images"] < count and not state["wrong"]:
            first = state["images"]
            found = beside(circuit, images[first : min(first + wanted.chunk, count)], _simulator(core))
            _add(state, found, min(first + wanted.chunk, count) - first)
            _path(wanted).write_text(json.dumps(state, indent=1) + "\n")
            print(f"{wanted.told}: {state['images']:,} of {count:,} images equal {state['wrong']}".rstrip(), flush=True)
    return state


def _simulator(core: verilator.VerilatedCore) -> Any:
    def simulate(_: Circuit, words: list[int], samples: int) -> CircuitRun:
        return core.run(words, samples, samples * CYCLES_EACH)

    return simulate


def _add(state: dict[str, Any], found: Checked, images: int) -> None:
    if found.outcome == "equal":
        state["images"] += images
        state["spikes"] += found.spikes
        state["cycles"] += found.cycles
    else:
        state["wrong"] = f"in images from {state['images']} on: {found.why}"


def _path(wanted: TrainedCore) -> Path:
    return wanted.folder / f"{wanted.told.replace(', ', '-').replace(' ', '-')}.json"


def _begun(wanted: TrainedCore, circuit: Circuit, tool: str) -> dict[str, Any]:
    """What was compared of the very same circuit before, by whichever versions of Verilator."""
    digest, lanes = _digest(circuit), sum(lanes.count for lanes in circuit.lanes.values())
    empty = {"name": wanted.told, "circuit": digest, "commit": commit_of(read=READ), "lanes": lanes}
    empty |= {"images": 0, "spikes": 0, "cycles": 0, "wrong": ""}
    kept = json.loads(_path(wanted).read_text()) if _path(wanted).exists() else {}
    if kept.get("circuit") != digest or kept["wrong"]:
        return empty | {"tool": tool}
    before = kept.get("tool", FIRST_TOOL)
    return kept | {"tool": before if before.endswith(tool) else f"{before}, {tool}"}


def _digest(circuit: Circuit) -> str:
    """Of all files of a circuit but its marker, and of the modules that it needs."""
    files = [path for path in sorted(circuit.folder.iterdir()) if path.suffix in (".v", ".mem")]
    needed = needed_modules((circuit.folder / "core.v").read_text())
    whole = sha256()
    for path in (*files, *needed):
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:16]
