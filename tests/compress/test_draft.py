"""A draft keeps what it starts from, and takes what a method makes of it."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import (
    Draft,
    PruneSettings,
    QuantizeSettings,
    TrainSettings,
    prune,
    quantize,
    rows_of,
)
from spikewright.compress.graph.weighted import weight_layers
from spikewright.weights import Leaf, Lookup, Masked

X = torch.rand(32, 1, 8, 8, generator=torch.Generator().manual_seed(0))
Y = torch.arange(32) % 3
TUNED = QuantizeSettings(training=TrainSettings(epochs=2, batch_size=8))


def made() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3))


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


def shared(rows: np.ndarray) -> Lookup:
    return Lookup(Leaf(np.array([-0.1, 0.2], np.float32)), Leaf((rows > 0).astype(np.uint8), 2))


def test_what_a_method_puts_in_is_what_the_model_computes_with() -> None:
    model = made()
    draft = Draft.of(model)
    draft.weights["3"] = shared(rows_of(draft.model[3]))  # type: ignore[index]
    small = draft.finish()
    assert small.weights["3"] is draft.weights["3"] and small.loose == {"0"}
    assert set(small.model.get_parameter("3.weight").flatten().tolist()) == {np.float32(-0.1), np.float32(0.2)}
    assert model[3].weight.unique().numel() > 2, "the user's model was changed"


def test_what_a_method_changes_in_the_model_is_stored_as_before() -> None:
    draft = Draft.of(prune(made(), 0.5))
    with torch.no_grad():
        draft.model.get_parameter("0.weight").mul_(2.0)
    small = draft.finish()
    assert isinstance(small.weights["0"], Masked) and set(small.masks) == {"0", "3"}
    assert np.array_equal(small.weights["0"].values(), rows_of(small.model.get_submodule("0")))


def test_what_cannot_be_stored_so_is_refused() -> None:
    draft = Draft.of(made())
    draft.weights["3"] = Leaf(np.zeros((2, 64), np.float32))
    with pytest.raises(
        InvalidInput, match=r"expected finite weights \(3, 64\) for 3, outputs first, got Leaf \(2, 64\)"
    ):
        draft.finish()
    draft = Draft.of(quantize(made(), 4))
    with torch.no_grad():
        draft.model.get_parameter("0.weight").add_(0.01)
    with pytest.raises(InvalidInput, match=r"weights of 0 that are stored as they were, Scaled.*try draft\.weights"):
        draft.finish()


def test_shared_weights_that_are_pruned_stand_one_by_one_and_a_step_says_so() -> None:
    draft = Draft.of(made())
    draft.weights["3"] = shared(rows_of(draft.model.get_submodule("3")))
    small = prune(draft.finish(), 0.5)
    assert "3: its weights, stored as Lookup, are stored one by one from here on" in small.steps
    assert small.footprint.layers[1].storage != "lookup" and small.masks["3"].float().mean() < 1


def test_layers_that_nobody_calls_are_left_out_and_it_is_said() -> None:
    class Spare(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.used, self.norm, self.spare = nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(4, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(self.norm(self.used(x)))

    data = (torch.rand(16, 4), torch.arange(16) % 3)
    plain = QuantizeSettings(training=TrainSettings(epochs=1, batch_size=8))
    small = quantize(prune(Spare(), 0.5), 4, data, activation_bits=2, settings=plain)
    assert list(small.weights) == ["used"] and small.footprint.total_bits
    assert small.steps[-1] == "left out, since the forward pass does not call them: spare"
