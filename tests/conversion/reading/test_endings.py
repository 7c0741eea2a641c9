"""Outputs side by side end in functions of their own, which the network gives back on request."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.compress import choose, quantize
from spikewright.compress.graph.view import trace
from spikewright.compress.quantisers.uniform import QuantizeSettings
from spikewright.compress.training.loop import TrainSettings
from spikewright.conversion import Exact, Rate, Ttfs, Unconvertible, convert, diagnose
from spikewright.conversion.reading.endings import without_endings
from spikewright.snn import Network, simulate

X = torch.rand(6, 1, 4, 4, generator=torch.Generator().manual_seed(3))


class Heads(nn.Module):
    """As a detector has them: scores, boxes, a map, and one number."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Conv2d(1, 6, 3, padding=1)
        self.scores, self.box, self.map, self.one = (
            nn.Linear(96, 3),
            nn.Linear(96, 4),
            nn.Conv2d(6, 2, 1),
            nn.Linear(96, 1),
        )

    def forward(self, x: Tensor, scale: float = 1.0) -> dict[str, Any]:
        hidden = self.body(x * scale).relu()
        flat, found = hidden.flatten(1), self.map(hidden)
        return {
            "scores": self.scores(flat).softmax(1),
            "box": self.box(flat).tanh(),
            "map": found.log_softmax(1),
            "raw": found,
            "there": self.one(flat).sigmoid(),
        }


NAMES = ["scores", "box", "map", "raw", "there"]


def heads() -> Heads:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Heads().eval()


def test_each_output_is_given_back_as_the_model_has_it() -> None:
    model = heads()
    network = convert(model, X, Ttfs(), output=NAMES)
    activity = simulate(network, X)
    wanted = {name: value.detach().numpy() for name, value in model(X).items()}
    assert [head.ending for head in network.heads] == ["softmax", "tanh", "log_softmax", None, "sigmoid"]
    assert [head.kind for head in network.heads] == [*["classes"] * 4, "multilabel"]
    for name in NAMES:
        np.testing.assert_allclose(activity.head(name).answers, wanted[name], atol=1e-5)
    assert sum("ends in it" in row.detail for row in network.report) == 4
    np.testing.assert_array_equal(activity.head("there").predictions, wanted["there"] > 0.5)
    np.testing.assert_array_equal(activity.head("map").predictions, wanted["raw"].argmax(1))


@pytest.mark.parametrize("name", ["scores", "there", "map"])
def test_one_of_them_is_the_network_of_it_alone(name: str) -> None:
    both = simulate(convert(heads(), X, Ttfs(), output=NAMES), X)
    alone = simulate(convert(heads(), X, Ttfs(), output=name), X)
    np.testing.assert_allclose(both.head(name).answers, alone.answers, atol=1e-5)
    np.testing.assert_array_equal(both.head(name).predictions, alone.predictions)


def test_they_survive_quantisation_integers_and_files(tmp_path: Any) -> None:
    settings = QuantizeSettings(training=TrainSettings(epochs=0))
    small = quantize(heads(), 8, (X, None), settings=settings, output=NAMES)
    network = convert(small, X, Rate(64)).to_fixed()
    network.save(tmp_path / "several.spike")
    again = Network.load(tmp_path / "several.spike")
    assert again.heads == network.heads and [head.name for head in again.heads] == NAMES
    wanted = heads()(X)["map"].argmax(1).numpy()
    assert simulate(again, X).head("map").accuracy(wanted) > 0.9
    assert again.with_head("values", name="box").heads[1].kind == "values"


def test_integers_of_several_outputs_keep_the_scale_of_each() -> None:
    settings = QuantizeSettings(training=TrainSettings(epochs=0))
    small, mixed = (
        quantize(heads(), 4, (X, None), settings=settings, output=names, activation_bits=3)
        for names in (["scores", "box"], ["scores", "map"])
    )
    found = simulate(convert(small, X, Exact()), X)
    wanted = small(X).detach().numpy()
    np.testing.assert_allclose(found.head("scores").answers, wanted[:, :3], atol=0.01)
    np.testing.assert_allclose(found.head("box").answers, wanted[:, 3:], atol=0.02)
    with pytest.raises(Unconvertible, match="written out in real numbers; try output='scores' alone"):
        convert(mixed, X, Exact())


def test_the_diagnosis_holds_all_of_them_against_the_model() -> None:
    model = choose(heads(), NAMES)
    found = {row["network"]: row for row in diagnose(model, convert(model, X, Ttfs()), X).networks}
    assert found["spiking"]["agreement"] == found["rewritten"]["agreement"] == 1.0


def test_an_ending_over_something_else_than_the_classes_of_its_head_is_not_taken_off() -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 1)

        def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
            found = self.conv(x)
            return found.softmax(1).flatten(1), found

    with pytest.raises(Unconvertible, match="softmax"):
        convert(Odd().eval(), X, Ttfs(), output=[0, 1])


class Sized(nn.Module):
    """A map, one of half its size, and a vector."""

    def __init__(self) -> None:
        super().__init__()
        self.map, self.one = nn.Conv2d(1, 2, 3, padding=1), nn.Linear(1, 2)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        found = self.map(x).relu()
        return {
            "map": self.map(x).softmax(1),
            "two": found,
            "half": found[:, :, ::2, ::2],
            "one": self.one(x.mean((2, 3))),
        }


def test_maps_beside_outputs_of_other_sizes_have_a_limit() -> None:
    """As a part of one vector the layer of a map is one matrix; maps of one size stay convolutions."""
    model, x = Sized().eval(), torch.rand(1, 1, 100, 100)
    with pytest.raises(InvalidInput, match=r"the map 'map' \(2, 100, 100\).*200,000,000 weights; try output='map'"):
        convert(model, x, Ttfs(), output=["map", "one"])
    beside = convert(model, x, Ttfs(), output=["map", "two"], judge=False)
    assert all(type(q.synapse).__name__ != "Linear" for q in beside.projections)
    small = convert(model, X, Ttfs(), output=["map", "half", "one"])
    np.testing.assert_allclose(simulate(small, X).head("half").answers, model(X)["half"].detach().numpy(), atol=1e-5)


def test_other_graphs_stay_as_they_are() -> None:
    view = trace(choose(heads(), "scores"), X)
    assert without_endings(view) == (view, ())
