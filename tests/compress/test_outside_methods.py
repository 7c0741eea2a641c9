"""Methods from outside of the project go the whole way, without a change to it: size, file, training, network, faults, cost."""

from pathlib import Path

import numpy as np
import pytest
import torch

from spikewright.compress import METHODS, Compressed, Prune, apply_methods, load, quantize, save, trainable
from spikewright.conversion import Rate, convert
from spikewright.hardware import estimate, time_multiplexed
from spikewright.hardware.model.weight_memory import stored
from spikewright.robustness import AnnPredictor, SnnPredictor, WeightBitFlipsFault
from spikewright.snn import simulate
from spikewright.weights import bits, memories, unscaled
from tests.compress.old_models import MODELS, images

BUILD, SHAPE = MODELS["plain"]
X = images(SHAPE)
OWN = "tests.compress.outside_methods"


@pytest.fixture(scope="module")
def shared() -> Compressed:
    method = METHODS.make(f"{OWN}:KMeans", {"bits": 3})
    return apply_methods(BUILD(), [METHODS.make("fold_batchnorm", {}), method])


def test_random_pruning_is_held_by_what_comes_after(tmp_path: Path) -> None:
    small = METHODS.make(f"{OWN}:RandomPrune", {"sparsity": 0.75}).apply(BUILD())
    assert small.footprint.sparsity == pytest.approx(0.75, abs=0.05) and set(small.masks) == {"0", "3", "7"}
    then = quantize(apply_methods(small, [Prune(0.8)]), 4)
    assert then.footprint.sparsity >= 0.799
    assert all(not then.masks[path][~mask].any() for path, mask in small.masks.items())
    save(then, tmp_path / "file")
    assert load(tmp_path / "file", BUILD()).weights == then.weights


def test_the_footprint_counts_indices_and_tables(shared: Compressed) -> None:
    for layer in shared.footprint.layers:
        e = shared.weights[layer.path]
        assert (layer.storage, layer.bits, layer.index_bits, layer.scale_bits) == ("lookup", 3, 0, 32)
        assert layer.weight_bits == 3 * layer.weights + 8 * 8 and layer.total_bits - layer.bias_bits == bits(e)
    assert {memory.holds for memory in memories(shared.weights["0"])} == {"tables", "indices", "scales"}


def test_the_file_holds_it_and_training_moves_the_table(shared: Compressed, tmp_path: Path) -> None:
    save(shared, tmp_path / "file")
    back = load(tmp_path / "file", BUILD())
    assert back.weights == shared.weights and torch.equal(back(X), shared(X))
    with trainable(back) as module:
        optimiser = torch.optim.SGD(module.parameters(), lr=0.1)
        torch.nn.functional.cross_entropy(module(X), torch.arange(24) % 4).backward()
        optimiser.step()
    assert back.weights["0"].base.index == shared.weights["0"].base.index  # type: ignore[attr-defined]
    assert not np.array_equal(back.weights["7"].values(), shared.weights["7"].values())


def test_a_codebook_reaches_network_faults_and_hardware(shared: Compressed) -> None:
    network = convert(shared, X, Rate(steps=4)).to_fixed()
    held = [p.synapse.weights for p in network.projections if p.synapse.weights is not None]
    assert [unscaled(one)[0] for one in held] == [unscaled(e)[0] for e in shared.weights.values()]
    for predictor in (SnnPredictor(network, "snn"), AnnPredictor(shared, "cnn")):
        fault = WeightBitFlipsFault()
        assert torch.equal(fault(predictor, X, 0.0), predictor.predict(X))
        assert not torch.equal(fault(predictor, X, 0.4, 1), predictor.predict(X))
    cost = estimate(network, simulate(network, X.numpy()), time_multiplexed(network))
    assert cost.fpga_energy_uj.value > 0 and cost.lut.value > 0
    weighted = [p for p in network.projections if p.synapse.weights is not None]
    for projection, e in zip(weighted, shared.weights.values(), strict=True):
        memory = stored(projection, X[0].numel())
        assert memory.total_bits - memory.pointer_bits == bits(unscaled(e)[0])
