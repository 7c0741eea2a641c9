"""Figures of a conversion: staircases are those of an ideal neuron, bars are the parts of the error, every pair is counted."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from torch import nn

from spikewright import InvalidInput, Table
from spikewright.conversion import Diagnosis, Rate, Ttfs, convert, diagnose
from spikewright.experiments import plots
from spikewright.experiments.plots.conversion import PARTS, REACH, Staircase, density, ideal


def found(recipe: Rate | Ttfs, *, signed: bool = False) -> Diagnosis:
    torch.manual_seed(0)
    first = nn.LeakyReLU(0.5) if signed else nn.ReLU()
    model = nn.Sequential(nn.Linear(6, 12), first, nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 3)).eval()
    x = torch.rand(40, 6)
    return diagnose(model, convert(model, x, recipe), x, model(x).argmax(1))


def points_of(diagnosis: Diagnosis) -> dict[str, np.ndarray]:
    return {layer.population: layer.points for layer in diagnosis.populations if layer.points is not None}


@given(st.integers(1, 40), st.floats(0, REACH - 1e-6))
def test_the_staircase_is_a_rounded_and_clipped_count(steps: int, x: float) -> None:
    edges, values = ideal(steps)
    assert len(edges) == len(values) + 1
    place = int(np.searchsorted(edges, x, side="right")) - 1
    assert values[place] == pytest.approx(min(np.floor(x * steps + 0.5), steps) / steps, abs=1e-9) or any(
        abs(x - edge) < 1e-9 for edge in edges
    )


@given(st.integers(1, 20))
def test_a_staircase_of_both_signs_is_odd(count: int) -> None:
    edges, values = ideal(2 * count, signed=True)
    np.testing.assert_allclose(values, -values[::-1])
    np.testing.assert_allclose(edges, -edges[::-1])


@pytest.mark.parametrize("recipe", [Rate(5), Rate(40), Ttfs()], ids=["stairs", "fine stairs", "line"])
def test_staircases(ax: Axes, recipe: Rate | Ttfs) -> None:
    diagnosis = found(recipe)
    stairs = plots.staircases(diagnosis.layers, points_of(diagnosis))
    assert [stair.population for stair in stairs] == ["_0", "_2"]
    for stair in stairs:
        assert stair.steps == (recipe.steps if isinstance(recipe, Rate) else None)
        assert float(np.abs(stair.decoded).max()) <= 1 + 1e-6
        _, _, counts = density(stair, -0.06)
        assert counts.sum() == (stair.activation <= REACH).sum()
    assert plots.draw_staircase(ax, stairs[0]) is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("activation / largest", "decoded / largest") and "_0" in ax.get_title(
        loc="left"
    )
    figure = plots.draw_staircases(stairs)
    assert sum(bool(one.get_title(loc="left")) for one in figure.axes) == 2


def test_a_leaky_layer_has_stairs_on_both_sides(ax: Axes) -> None:
    diagnosis = found(Rate(4), signed=True)
    stair = plots.staircases(diagnosis.layers, points_of(diagnosis))[0]
    assert stair.values[0] == -1.0 and stair.values[-1] == 1.0 and len(stair.values) == 9
    plots.draw_staircase(ax, stair)
    assert ax.get_xlim()[0] < -1


def test_only_so_many_panels() -> None:
    table = Table.of({"population": str(n), "correlation": 1.0, "levels": 4} for n in range(30))
    points = {str(n): np.zeros((2, 3), np.float32) for n in range(30)}
    names = [stair.population for stair in plots.staircases(table, points, most=7)]
    assert len(names) == 7 and (names[0], names[-1]) == ("0", "29")
    with pytest.raises(InvalidInput, match="populations that fire"):
        plots.staircases(table, {})


def test_bars_are_the_parts_of_the_error(ax: Axes) -> None:
    diagnosis = found(Rate(3))
    errors = plots.layer_errors(diagnosis.layers, diagnosis.worst)
    for error, layer in zip(errors, diagnosis.populations, strict=True):
        assert sum(error.parts) == pytest.approx(error.error) == pytest.approx(100 * layer.relative_error)
        assert error.worst == (layer.population == diagnosis.worst)
    assert plots.draw_layer_errors(ax, errors) is ax and "%" in ax.get_xlabel()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(PARTS)  # type: ignore[union-attr]
    assert any("adds most" in text.get_text() for text in ax.texts)
    with pytest.raises(InvalidInput, match=r"Diagnosis\.layers"):
        plots.layer_errors(Table((), ()))


def test_a_network_that_loses_nothing_has_an_axis_of_a_percent(ax: Axes) -> None:
    row = {"population": "a", "mean_activation": 1.0, "error": 1e-9, **dict.fromkeys(PARTS, 0.25e-9)}
    plots.draw_layer_errors(ax, plots.layer_errors(Table.of([row])))
    assert ax.get_xlim() == pytest.approx((0, 1), abs=1e-6)


def test_a_part_that_makes_up_for_others_lies_left_of_zero(ax: Axes) -> None:
    row = {
        "population": "a",
        "mean_activation": 1.0,
        "error": 0.3,
        **dict(zip(PARTS, (0.2, -0.1, 0.2, 0.0), strict=True)),
    }
    plots.draw_layer_errors(ax, plots.layer_errors(Table.of([row])))
    assert ax.get_xlim()[0] < -10 and min(patch.get_x() + patch.get_width() for patch in ax.patches) == pytest.approx(
        -10
    )  # type: ignore[attr-defined]


def test_accuracy_beside_the_model(ax: Axes) -> None:
    ann, snn = plots.accuracy_curves(found(Rate(6)))
    assert ann.steps == (1,) and ann.accuracy == (1.0,) and ann.kind == "ANN"
    assert snn.steps == tuple(range(1, 7)) and all(
        low <= a <= high for low, a, high in zip(snn.low, snn.accuracy, snn.high, strict=True)
    )
    plots.draw_steps(ax, (ann, snn))
    model = nn.Sequential(nn.Linear(6, 3), nn.ReLU(), nn.Linear(3, 2)).eval()
    x = torch.rand(20, 6)
    with pytest.raises(InvalidInput, match="labels"):
        plots.accuracy_curves(diagnose(model, convert(model, x, Rate(4)), x))


def test_a_staircase_is_plain_data() -> None:
    stair = Staircase(
        "a", np.array([0.0, 0.5, 1.2], np.float32), np.array([0.0, 0.5, 1.0], np.float32), 2, *ideal(2), None
    )
    x, y, counts = density(stair, -0.06)
    assert counts.shape == (len(y) - 1, len(x) - 1) and counts.sum() == 3
