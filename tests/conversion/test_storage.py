"""Weights as they arrive in a network: integers, zeros, scales."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import PruneSettings, TrainSettings, prune
from spikewright.conversion import Quantized, Rate, Ttfs, convert
from spikewright.conversion.reading.geometry import ConvGeometry, Kernel
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.storage import SharedWeights
from spikewright.snn import Network, simulate
from spikewright.weights import Expression, Negated, leaves, stored_values, unscaled
from tests.conversion.architectures import CASES, build, images
from tests.conversion.quantised import QUANTISED, answers, small, truth


@pytest.mark.parametrize("recipe", [Rate(7), Ttfs(), Quantized(), Quantized(input_levels=255)], ids=str)
@pytest.mark.parametrize("name", [name for name in QUANTISED if name != "twice"])
def test_integers_survive(name: str, recipe: Rate | Ttfs | Quantized) -> None:
    model = small(CASES[name], activation_bits=4)
    network = convert(model, images(CASES[name]), recipe)
    wanted = sorted(codes.tobytes() for codes, _ in model.integers.values())
    found = [p.synapse.weights for p in network.projections if p.synapse.weights is not None]
    kept = {stored_values(one).tobytes() for one in found if np.issubdtype(stored_values(one).dtype, np.integer)}
    assert kept == set(wanted)
    scales = [unscaled(one)[1] for one in found]
    assert all(np.all(scale > 0) for scale in scales if scale is not None)


def test_thresholds_per_channel_unless_integers_read_them() -> None:
    x = images(CASES["depthwise"])
    by_layer = convert(small(CASES["depthwise"], activation_bits=None), x, Rate(7))
    # The depthwise layer reads each channel on its own, so there integers and thresholds per channel go together.
    assert [np.ndim(p.neuron.threshold) for p in by_layer.populations[1:4]] == [1, 0, 0]
    by_channel = convert(build(CASES["depthwise"]), x, Rate(7))
    assert [np.ndim(p.neuron.threshold) for p in by_channel.populations[1:4]] == [1, 1, 1]
    assert "per layer" in str(by_layer.report) and "per channel" in str(by_channel.report)
    with pytest.raises(InvalidInput, match=r"integer weights.*per_channel=None"):
        convert(small(CASES["lenet"], activation_bits=None), images(CASES["lenet"]), Rate(7, per_channel=True))


@pytest.mark.parametrize("recipe", [Rate(7), Ttfs()], ids=str)
def test_pruned_weights_are_stored_sparse_and_stay_zero(recipe: Rate | Ttfs) -> None:
    case = CASES["lenet"]
    data = (images(case, 16), torch.zeros(16, dtype=torch.int64))
    settings = PruneSettings(training=TrainSettings(epochs=0))
    model = prune(build(case), 0.8, data, settings=settings)
    network = convert(model, images(case), recipe)
    layers = [layer for layer in model.model.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    for projection, layer in zip(network.projections, layers, strict=True):
        zero = layer.weight.detach().numpy() == 0
        np.testing.assert_array_equal(stored_values(projection.synapse.weights) == 0, zero)
        assert (projection.synapse.weights.told == "dense") == (not zero.any())
    assert any(p.synapse.weights.stored < p.synapse.weights.size for p in network.projections)


@pytest.mark.parametrize(("name", "projection"), [("standardised", "input->conv"), ("twice", "conv1->conv2")])
def test_input_channels_of_different_scale_make_real_weights_and_say_so(name: str, projection: str) -> None:
    model = small(CASES[name], activation_bits=None)
    network = convert(model, images(CASES[name]), Ttfs(ranges="interval"))
    np.testing.assert_allclose(answers(network, name), truth(model, name), atol=1e-4)
    assert [row.layer for row in network.report if row.action == "rounded"] == [projection]


def leaves_of(e: Expression) -> list[int]:
    return [id(leaf) for _, _, leaf in leaves(e)]


def test_the_same_numbers_are_stored_once_with_both_signs() -> None:
    values = np.random.default_rng(0).normal(size=(4, 3, 1, 1)).astype(np.float32)
    shared, one = SharedWeights(), np.asarray(1.0)

    def made(kernel: Kernel, outputs: float, gain: float = 1.0) -> Expression:
        return shared.of(kernel, SourceTerm("in", ConvGeometry(), kernel=kernel, gain_out=outputs * one), gain * one)

    whole = Kernel(values)
    first, again, turned = made(whole, 1.0), made(Kernel(values), 1.0), made(whole, -1.0)
    assert again is first and isinstance(turned, Negated) and leaves_of(turned) == leaves_of(first)
    assert made(whole, -1.0) is turned and leaves_of(made(whole, 1.0, 2.0)) != leaves_of(first)
    np.testing.assert_array_equal(turned.values(), -first.values())
    assert leaves_of(made(whole.rows(0, 2), 1.0)) == leaves_of(made(whole.rows(0, 2), -1.0))
    pruned = Kernel(values * (np.arange(12).reshape(values.shape) % 6 == 0))
    kept, other = made(pruned, -0.5), made(pruned, 0.5)
    assert other.stored == 2 and leaves_of(other) == leaves_of(kept)
    whole_numbers = Kernel(np.array([[-128], [5]], np.int8), np.ones(2))
    assert stored_values(made(whole_numbers, -1.0)).tolist() == [[128], [-5]]
    assert stored_values(made(whole_numbers, 1.0)).tolist() == [[-128], [5]]


@pytest.mark.parametrize("recipe", [Ttfs(ranges="interval"), Ttfs(levels=64)], ids=str)
def test_both_halves_of_a_layer_store_its_kernel_once(recipe: Ttfs, tmp_path: Path) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        slopes, last = nn.PReLU(4), nn.Linear(4 * 36, 3)
        model = nn.Sequential(nn.Conv2d(1, 4, 3), slopes, nn.Conv2d(4, 4, 1), nn.ReLU(), nn.Flatten(), last).eval()
    x = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    network = convert(model, x, recipe)
    stored = [q.synapse.weights for q in network.projections if q.source == "input"]
    assert len(stored) == 2 and leaves_of(stored[0]) == leaves_of(stored[1])
    network.save(tmp_path / "network")
    back, plain = Network.load(tmp_path / "network"), network.to_fixed(weight_bits=6)
    assert all(
        a.synapse.weights == b.synapse.weights for a, b in zip(back.projections, network.projections, strict=True)
    )
    for one, other in ((network, back), (plain, Network.load(_saved(plain, tmp_path / "fixed")))):
        runs = [
            simulate(net, x.numpy(), engine=engine).logits for net in (one, other) for engine in ("reference", None)
        ]
        for found in runs[1:]:
            np.testing.assert_allclose(found, runs[0], rtol=1e-5, atol=1e-5)


def _saved(network: Network, path: Path) -> Path:
    network.save(path)
    return path
