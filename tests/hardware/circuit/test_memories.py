"""The list of memories is what modules and files hold: against the files that are written, and against Yosys' own elaboration."""

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from spikewright.hardware.circuit.instances import read_instances
from spikewright.hardware.circuit.memories import MEMORIES, memories_of
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim import icarus, programs
from spikewright.hardware.placement import PlacingRule
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.drawn_macs import drawn_mac, drawn_mac_lanes, with_lists
from tests.hardware.cosim.pruned import pruned, shared

needs_yosys = pytest.mark.skipif(
    programs.found("yosys") is None, reason="Yosys is not installed: apt-get install yosys"
)


def circuits(folder: Path):
    """Drawn circuits with dense rows, lists and codebooks: what is read only by the simulator is not in them."""
    for seed in range(3):
        network = drawn(seed)
        made = (network, pruned(network, seed), shared(network, seed))[seed]
        place = folder / str(seed)
        build(made, drawn_lanes(made, seed), place)
        yield made, place
    for seed in (7, 30):
        network, place = drawn_mac(seed), folder / f"mac {seed}"
        build(network, drawn_mac_lanes(network, seed), place, with_lists(network, " codes" * (seed == 7)))
        yield network, place


def test_every_file_of_a_circuit_is_a_memory_of_its_size(tmp_path: Path) -> None:
    for network, folder in circuits(tmp_path):
        found = {
            one.file: one for one in memories_of((folder / "core.v").read_text(), network, PlacingRule()) if one.file
        }
        assert sorted(found) == sorted(path.name for path in folder.glob("*.mem"))
        for name, one in found.items():
            lines = (folder / name).read_text().split()
            assert len(lines) == one.words and {len(line) for line in lines} == {-(-one.bits // 4)}, name


def test_every_module_of_a_circuit_says_its_memories(tmp_path: Path) -> None:
    for network, folder in circuits(tmp_path):
        text = (folder / "core.v").read_text()
        assert {one.module for one in read_instances(text)} <= set(MEMORIES)
        assert len(list(read_instances(text))) == len(re.findall(r"^sw_", text, re.MULTILINE))
        assert all(one.part for one in memories_of(text, network, PlacingRule()))


@needs_yosys
def test_they_are_the_memories_that_yosys_elaborates(tmp_path: Path) -> None:
    for network, folder in circuits(tmp_path):
        listed: Counter[tuple[int, int]] = Counter()
        for one in memories_of((folder / "core.v").read_text(), network, PlacingRule()):
            if not (one.role == "potentials" and one.style == "registers"):  # a register, no memory
                listed[one.words, one.bits] += 1 if one.role == "codebook" else one.count  # one with many ports
        assert elaborated(folder) == listed


def elaborated(folder: Path) -> Counter[tuple[int, int]]:
    """(words, bits) of all memories of a circuit."""
    files = " ".join(map(str, icarus.modules()))
    script = f"read_verilog -defer {files} core.v; hierarchy -top sw_core; proc; flatten; opt_clean; memory_collect"
    subprocess.run(["yosys", "-q", "-p", f"{script}; write_json memories.json"], cwd=folder, check=True, timeout=100)
    cells = json.loads((folder / "memories.json").read_text())["modules"]["sw_core"]["cells"].values()
    sizes = [cell["parameters"] for cell in cells if cell["type"].startswith("$mem")]
    return Counter((int(one["SIZE"], 2), int(one["WIDTH"], 2)) for one in sizes)
