"""Obstacles without an exception: the same that `convert` raises."""

import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.compress import AdaptSettings, TrainSettings, adapt
from spikewright.conversion import Exact, Phase, Quantized, Rate, Unconvertible, convert, obstacles
from spikewright.snn.core_parts import lacking
from tests.conversion.architectures import CASES, build, images

X = torch.rand(3, 2, 8, 8, generator=torch.Generator().manual_seed(0))
MODEL = nn.Sequential(
    nn.Conv2d(2, 3, 3), nn.SiLU(), nn.Conv2d(3, 2, 3), nn.LayerNorm(4), nn.Flatten(), nn.Linear(32, 2)
)


UNTRAINED = AdaptSettings(step_epochs=0, training=TrainSettings(epochs=0))


def test_they_are_those_that_convert_raises() -> None:
    with pytest.raises(Unconvertible) as caught:
        convert(MODEL.eval(), X, Rate(4))
    found = obstacles(MODEL.eval(), X, Rate(4))
    assert found == caught.value.obstacles and [one.what for one in found] == ["SiLU", "layer norm"]
    assert all(one.hinders for one in found)


def test_what_converts_has_none() -> None:
    assert obstacles(build(CASES["lenet"]), images(CASES["lenet"]), Rate(4)) == ()


def test_a_model_without_a_graph_is_told_with_what_was_not_judged() -> None:
    class Branching(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.SiLU()

        def forward(self, x: Tensor) -> Tensor:
            return self.inner(x) if x.sum() > 0 else -x

    (found,) = obstacles(Branching(), X)
    assert found.node == "model" and found.what == "data-dependent control" and "not judged" in found.reason
    assert "1 SiLU" in found.reason and found.substitute.startswith("a forward()")


def test_arguments_are_checked_as_by_convert() -> None:
    with pytest.raises(InvalidInput, match="try Rate"):
        obstacles(MODEL, X, "rate")
    with pytest.raises(InvalidInput, match="shape"):
        obstacles(MODEL, X[0], Rate(4))


POOLED = nn.Sequential(
    *(nn.Conv2d(2, 3, 3), nn.SiLU(), nn.MaxPool2d(2), nn.Conv2d(3, 3, 1), nn.ReLU()),
    *(nn.Upsample(scale_factor=2), nn.Flatten(), nn.Linear(108, 2)),
)


def test_what_recipe_and_hardware_refuse_stands_in_the_same_list() -> None:
    found = [(one.node, one.what, one.refuses) for one in obstacles(POOLED.eval(), X, Phase())]
    assert found == [("_1", "SiLU", "conversion"), ("_2", "max pooling", "Phase")]
    assert next(one.refuses for one in obstacles(POOLED, X)) == "conversion"
    with pytest.raises(Unconvertible, match=r"_1 .*SiLU.* _2 .*Phase refuses it"):
        convert(POOLED, X, Phase())


def test_max_pooling_stands_in_nobodys_way() -> None:
    model = nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 2)).eval()
    assert obstacles(model, X, Rate(4)) == ()
    network = convert(model, X, Rate(4, calibration=None))
    assert not [row for row in network.report if row.action == "warning"] and lacking(network) == ()
    averaged = adapt(model, X, for_hardware=True, settings=UNTRAINED)  # for a smaller core
    assert obstacles(averaged, X, Rate(4)) == ()


def test_what_only_a_core_of_values_refuses_is_told_with_the_layer() -> None:
    """Enlarging between pixels is two matrices, which a core of spikes has."""
    model = nn.Sequential(
        nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(3, 2, 1), nn.ReLU()
    )
    assert obstacles(model.eval(), X, Rate(4)) == ()
    found = [one for one in obstacles(model, X, Quantized()) if not one.hinders]
    assert [one.what for one in found] == ["Separable2d synapses"] and found[0].substitute == "Rate, or a Conv2d"


@pytest.mark.parametrize("name", CASES)
def test_before_and_after_a_conversion_hardware_refuses_nothing_of_rates(name: str) -> None:
    case = CASES[name]
    model, x = build(case), images(case)
    network = convert(model, x, Rate(4, calibration=None), judge=False)
    assert obstacles(model, x, Rate(4)) == () and lacking(network) == ()


def test_a_quantised_recipe_names_every_real_activation_and_weight() -> None:
    model = nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Conv2d(3, 3, 1), nn.ReLU(), nn.Flatten(), nn.Linear(108, 2))
    real = [one.node for one in obstacles(model.eval(), X, Quantized()) if one.refuses == "Quantized"]
    assert real == ["_1", "_3"]
    whole = [one for one in obstacles(model, X, Exact()) if one.refuses == "Exact"]
    assert all("compress.quantize" in one.substitute for one in whole) and {one.node for one in whole} >= {"_1", "_3"}


def test_an_output_can_be_chosen_and_torchscript_is_read() -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(2, 3, 3)

        def forward(self, x: Tensor) -> dict[str, Tensor]:
            x = self.conv(x)
            return {"plain": torch.relu(x), "smooth": nn.functional.silu(x)}

    assert obstacles(Two().eval(), X, output="plain") == ()
    assert [one.what for one in obstacles(Two().eval(), X, output="smooth")] == ["SiLU"]
    scripted = torch.jit.script(nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU()).eval())
    assert obstacles(scripted, X, Rate(4)) == ()
