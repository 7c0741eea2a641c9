"""The figure that a study is known by: energy against area, and accuracy under its strongest attack; README shows it too."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from spikewright.experiments.plots.harm_pictures import panels_of
from spikewright.experiments.plots.pareto import Front, draw_pareto, pareto_fronts
from spikewright.experiments.plots.pictures import FigureFolder, Picture, panelled, setting
from spikewright.experiments.plots.robustness import Panel, draw_robustness
from spikewright.experiments.plots.steps import network_kinds

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult

Draw = Callable[[Any], Any]
SIZE = (4.3, 3.5)
"""In inches: their text is readable on a screen of 400 pixels."""


def overview_pictures(result: "StudyResult", folder: FigureFolder) -> list[Picture]:
    """The figure with a panel for each of the two, as far as the study has them."""
    drawn, caption = drawn_panels(result)
    return [panelled("overview", "At a glance", caption, folder, drawn, SIZE)] if drawn else []


def drawn_panels(result: "StudyResult") -> tuple[list[Draw], str]:
    """What draws the panels, each on an `ax`, and the caption."""
    kinds = dict(network_kinds(result.tables["accuracy"])) if "accuracy" in result.tables else {}
    drawn: list[Draw] = []
    told = ""
    fronts = _fronts(result, kinds)
    if fronts:
        drawn.append(partial(draw_pareto, fronts=fronts, capacity=_capacity(result)))
        told += _about_designs(result, fronts)
    attack = strongest(panels_of(result))
    if attack is not None:
        drawn.append(partial(draw_robustness, panel=attack, kinds=kinds))
        told += f"Accuracy under attack on the first {attack.samples:,} test images, with 95 % intervals. "
    return drawn, told + setting(result)


def strongest(panels: tuple[Panel, ...]) -> Panel | None:
    """Of the attacks made on the models themselves the one that leaves them the least accuracy."""
    own = [panel for panel in panels if panel.attack and " from " not in panel.perturbation]
    return min(own, key=_left, default=None)


def _left(panel: Panel) -> float:
    values = [value for curve in panel.curves for value in curve.accuracy]
    return sum(values) / len(values)


def _fronts(result: "StudyResult", kinds: dict[str, str]) -> tuple[Front, ...]:
    """Of the first seed."""
    if "hardware" not in result.tables or not kinds:
        return ()
    table = result.tables["hardware"].where(seed=result.study.seeds[0])
    return pareto_fronts(table, kinds) if len(table) else ()


def _capacity(result: "StudyResult") -> float:
    from spikewright.hardware.devices import device

    assert result.study.hardware is not None
    return device(result.study.hardware.record().device).lut


def _about_designs(result: "StudyResult", fronts: tuple[Front, ...]) -> str:
    assert result.study.hardware is not None
    table = result.tables["hardware"]
    count = sum(len(front.points) for front in fronts)
    images = int(result.study.hardware.record().images or result.tables["accuracy"]["samples"][0])
    return (
        f"Energy and area of {count:,} designs on {table['device'][0]} at {table['clock_mhz'][0]:g} MHz: estimates, middle "
        "values. Filled points fit the device, hollow ones do not; lines are the designs that no other beats; diamonds are the "
        f"named architectures; bars are the bounds of the exported core. Activity: mean of {images:,} test images. "
    )
