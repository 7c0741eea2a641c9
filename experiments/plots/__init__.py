"""Figures. Each is two functions: the data, which can be tested, and the drawing, which takes an `ax` and returns it."""

from spikewright.experiments.plots.conversion import (
    LayerError,
    Staircase,
    accuracy_curves,
    draw_layer_errors,
    draw_staircase,
    draw_staircases,
    layer_errors,
    staircases,
)
from spikewright.experiments.plots.core_costs import CoreShares, core_shares, draw_core_shares
from spikewright.experiments.plots.footprint import LayerBits, draw_footprint, footprint_bars
from spikewright.experiments.plots.pareto import Front, Point, draw_pareto, pareto_fronts
from spikewright.experiments.plots.raster import Band, Raster, draw_raster, spike_raster
from spikewright.experiments.plots.robustness import Curve, Panel, draw_robustness, robustness_panels
from spikewright.experiments.plots.steps import StepCurve, draw_steps, network_kinds, step_curves
from spikewright.experiments.plots.style import looks, save_figure, styled

__all__ = [
    "Band",
    "CoreShares",
    "Curve",
    "Front",
    "LayerBits",
    "LayerError",
    "Panel",
    "Point",
    "Raster",
    "Staircase",
    "StepCurve",
    "accuracy_curves",
    "core_shares",
    "draw_core_shares",
    "draw_footprint",
    "draw_layer_errors",
    "draw_pareto",
    "draw_raster",
    "draw_robustness",
    "draw_staircase",
    "draw_staircases",
    "draw_steps",
    "footprint_bars",
    "layer_errors",
    "looks",
    "network_kinds",
    "pareto_fronts",
    "robustness_panels",
    "save_figure",
    "spike_raster",
    "staircases",
    "step_curves",
    "styled",
]
