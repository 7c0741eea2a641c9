"""What a Compressed says is what its model holds, also after somebody else trained it; zeros and transposed layers are kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress import (
    Compressed,
    PruneSettings,
    QuantizeSettings,
    TrainSettings,
    fresh,
    load,
    prune,
    quantize,
    save,
)
from spikewright.compress.graph.weighted import by_output, codes_of, from_output, values_of, weight_layers
from spikewright.conversion import Exact, Quantized, Rate, convert
from spikewright.robustness.corruptions.bitflips import flip_compressed
from spikewright.snn import simulate

X = torch.rand(32, 1, 8, 8, generator=torch.Generator().manual_seed(0))
Y = torch.arange(32) % 3
TUNED = QuantizeSettings(training=TrainSettings(epochs=2, batch_size=8))
PLAIN = QuantizeSettings(training=TrainSettings(epochs=0))


def made() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3))


def trained_by_hand(small: Compressed) -> Compressed:
    optimizer = torch.optim.SGD(small.model.parameters(), lr=0.1)
    F.cross_entropy(small.model(X), Y).backward()
    optimizer.step()
    return small


READERS: dict[str, Callable[[Compressed, Path], object]] = {
    "save": lambda small, path: save(small, path / "file"),
    "footprint": lambda small, path: small.footprint,
    "text": lambda small, path: str(small),
    "convert": lambda small, path: convert(small, X, Rate(steps=4)),
    "faults": lambda small, path: flip_compressed(small, 0.1, np.random.default_rng(0)),
}


@pytest.mark.parametrize("reader", READERS)
def test_integers_of_before_are_not_used(reader: str, tmp_path: Path) -> None:
    small = trained_by_hand(quantize(made(), 4))
    with pytest.raises(InvalidInput, match=r"trained on by hand; try compress\.quantize\(small, 4\)"):
        READERS[reader](small, tmp_path)
    READERS[reader](quantize(small, 4), tmp_path)


@pytest.mark.parametrize("reader", READERS)
def test_masks_of_before_are_not_used(reader: str, tmp_path: Path) -> None:
    small = trained_by_hand(prune(made(), 0.5))
    with pytest.raises(InvalidInput, match=r"was pruned.* try compress\.prune\(small, 0\.0\)"):
        READERS[reader](small, tmp_path)
    READERS[reader](prune(small, 0.0), tmp_path)


def test_weights_that_are_still_integers_are_taken(tmp_path: Path) -> None:
    small = quantize(made(), 4)
    codes, scale = (torch.as_tensor(one) for one in small.integers["3"])
    moved = torch.where(codes > 0, codes - 1, codes)
    with torch.no_grad():
        small.model[3].weight.copy_(moved * scale[:, None])
        small.model[3].bias.add_(1.0)
    with pytest.raises(InvalidInput, match=r"try compress\.fresh\(small\)"):
        convert(small, X, Rate(steps=4))
    now = fresh(small)
    assert fresh(now) is now and np.array_equal(now.integers["3"][0], moved.numpy())
    assert convert(now, X, Rate(steps=4)) is not None
    save(small, tmp_path / "file")
    with torch.no_grad():
        assert torch.equal(load(tmp_path / "file", made())(X), small(X))


def test_zeros_of_a_plain_module_stay_zeros() -> None:
    plain = prune(made(), 0.6).model
    before = {path: layer.weight == 0 for path, layer in weight_layers(plain).items()}
    tuned = PruneSettings(rounds=1, training=TrainSettings(epochs=1, batch_size=8), final_epochs=1)
    for small in (quantize(plain, 8, (X, Y), settings=TUNED), prune(plain, 0.0, (X, Y), settings=tuned)):
        assert "zeros that were there before stay zeros: 0 (" in small.steps[0]
        for path, layer in weight_layers(small.model).items():
            assert not layer.weight[before[path]].any()


def test_a_layer_of_zeros_and_a_dense_one_may_grow() -> None:
    model = made()
    with torch.no_grad():
        model[3].weight.zero_()
        model[0].weight[0, 0, 0, 0] = 0.0  # one of 36 is more than one in a hundred
    small = quantize(model, 8, (X, Y), settings=TUNED)
    assert "0 (2.8 %)" in small.steps[0] and list(small.masks) == ["0"]
    assert small.model.get_parameter("3.weight").abs().max() > 0


@given(
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from([1, 2, 3]),
    st.integers(2, 8),
    st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_transposed_layers_have_a_scale_for_each_output(
    groups: int, inputs: int, outputs: int, rank: int, bits: int, seed: int
) -> None:
    """Each output channel is quantised as the same weights in a convolution."""
    torch.manual_seed(seed)
    kind = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)[rank - 1]
    layer = kind(groups * inputs, groups * outputs, 2, groups=groups)
    rows = by_output(layer, layer.weight.detach())
    assert rows.shape == (groups * outputs, inputs, *[2] * rank)
    assert torch.equal(from_output(layer, rows), layer.weight)
    small = quantize(nn.Sequential(layer), bits)
    codes, scale = (torch.as_tensor(one) for one in small.integers["0"])
    assert len(scale) == groups * outputs
    assert torch.equal(values_of(layer, codes, scale), small.model[0].weight)
    assert torch.equal(codes_of(layer, small.model[0].weight.detach(), scale, bits), codes)
    x = torch.randn(1, groups * inputs, *[3] * rank)
    with torch.no_grad():
        alone = torch.zeros_like(layer.weight)
        alone_rows = by_output(layer, alone)
        alone_rows[0] = by_output(layer, small.model[0].weight.detach())[0]
        layer.weight.copy_(from_output(layer, alone_rows))
        layer.bias.copy_(small.model[0].bias)
        assert torch.allclose(layer(x)[:, 0], small.model[0](x)[:, 0], atol=1e-6)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("recipe", [Exact(), Quantized(), Quantized(integer=True)], ids=str)
def test_integers_of_transposed_layers_convert(groups: int, recipe: Exact | Quantized) -> None:
    torch.manual_seed(0)
    layers = nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.ConvTranspose2d(4, 6, 2, 2, groups=groups), nn.ReLU(), nn.Flatten()
    small = quantize(nn.Sequential(*layers, nn.Linear(384, 3)), 8, (X, Y), activation_bits=4, settings=PLAIN)
    assert len(small.integers) == 3
    network = convert(small, X, recipe)
    with torch.no_grad():
        truth = small(torch.round(X * 255) / 255).numpy()
    logits = simulate(network, X.numpy()).logits * network.logit_scale
    assert np.abs(logits - truth).max() < 0.1 * np.abs(truth).max()


def test_pruning_a_transposed_layer_counts_by_output() -> None:
    model = nn.Sequential(nn.ConvTranspose2d(2, 32, 2))
    small = prune(model, 0.5, settings=PruneSettings(pattern="channel-block", block=16))
    rows = by_output(model[0], small.masks["0"])
    assert all(
        len(set(rows[start : start + 16, c, i, j].tolist())) == 1
        for start in (0, 16)
        for c in (0, 1)
        for i in (0, 1)
        for j in (0, 1)
    )


def test_activations_that_keep_their_values_are_named() -> None:
    class Acts(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last, self.act = nn.Conv2d(1, 2, 3), nn.Linear(72, 3), nn.LeakyReLU()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = torch.tanh(F.gelu(self.act(F.relu(self.first(x)))))
            return self.last(y.clamp(-1, 1).flatten(1))

    small = quantize(Acts(), 8, (X, Y), activation_bits=4, settings=PLAIN)
    told = next(step for step in small.steps if step.startswith("activations left as they were"))
    assert all(name in told for name in ("act (LeakyReLU)", "gelu", "tanh", "clamp")) and "relu_" not in told
    with pytest.raises(InvalidInput, match=r"at least one ReLU to quantise, got 1 \(Tanh\)"):
        quantize(nn.Sequential(nn.Flatten(), nn.Tanh(), nn.Linear(64, 3)), 8, (X, Y), activation_bits=4, settings=PLAIN)
