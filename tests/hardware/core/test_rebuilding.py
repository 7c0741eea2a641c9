"""Networks from the records of a core."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.hardware import export, load_core, replay, time_multiplexed
from spikewright.hardware.core.hexfiles import read_memory
from spikewright.hardware.core.load import read_core
from spikewright.hardware.core.rebuilding import rebuild
from spikewright.snn import simulate
from spikewright.snn.running import Run
from tests.hardware.core.edited import edit
from tests.hardware.small_networks import perceptron


def test_a_loaded_core_keeps_how_it_must_be_run(tmp_path: Path) -> None:
    network = replace(perceptron((12, 6, 3), steps=4), run=Run("its biases are spread over them", largest=2.0))
    _, loaded = load_core(export(network, time_multiplexed(network), tmp_path / "core"))
    assert loaded.run == network.run
    with pytest.raises(InvalidInput, match="expected 4 steps, for which this network was made"):
        simulate(loaded, np.zeros((1, 12)), steps=5)


def test_a_core_from_before_runs_were_written_loads(folder: Path) -> None:
    edit(folder, lambda core: core.pop("run"))
    assert load_core(folder)[1].run == Run()
    assert replay(folder).equal


def test_memories_are_asked_for_by_their_records(folder: Path) -> None:
    asked = []

    def read(memory):
        asked.append(memory.file)
        return read_memory(folder, memory)

    network = rebuild(read_core(folder), read)
    assert [p.name for p in network.populations] == ["in", "h0", "out"]
    assert "network/q00_weights.mem" in asked and all((folder / file).is_file() for file in asked)
