"""All figures of a study, each with a caption that says data set, network, seeds and number of samples."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from spikewright import Table
from spikewright.experiments.plots.conversion import draw_layer_errors, draw_staircase, layer_errors, staircases
from spikewright.experiments.plots.core_costs import core_shares, draw_core_share, height_of
from spikewright.experiments.plots.footprint import draw_footprint, footprint_bars
from spikewright.experiments.plots.harm_pictures import attack_pictures, noise_pictures
from spikewright.experiments.plots.overview import overview_pictures
from spikewright.experiments.plots.pictures import SIZE, FigureFolder, Picture, panelled, picture, setting
from spikewright.experiments.plots.raster import draw_raster, spike_raster
from spikewright.experiments.plots.search_pictures import pictures_of_search
from spikewright.experiments.plots.steps import draw_steps, step_curves
from spikewright.experiments.plots.style import styled

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult


LEAST_ERROR = 0.05
"""In percent of the mean activation: a conversion that loses less everywhere has no figure of its losses."""


def study_pictures(result: "StudyResult", folder: FigureFolder) -> tuple[Picture, ...]:
    """Draw every figure that the study has data for, the most telling ones first."""
    made = []
    with styled():
        for draw in DRAWN:
            made += draw(result, folder)
    return tuple(made)


def _steps(result: "StudyResult", folder: FigureFolder) -> list[Picture]:
    tables = result.tables
    if not {"accuracy_over_steps", "accuracy"} <= set(tables):
        return []
    curves = step_curves(tables["accuracy_over_steps"], tables["accuracy"])
    if all(len(curve.steps) == 1 for curve in curves):
        return []
    samples = tables["accuracy"]["samples"][0]
    caption = (
        "Accuracy if one stopped after each step, with 95 % Wilson bands. Level lines: the CNN before and after "
        f"compression, and networks that answer once. {samples:,} test images. {setting(result)}"
    )
    return [
        picture("accuracy-over-steps", "Accuracy against steps", caption, folder, partial(draw_steps, curves=curves))
    ]


def _losses(result: "StudyResult", folder: FigureFolder) -> list[Picture]:
    """A panel for each network that loses something."""
    drawn, exact, samples, layers = [], [], set(), 0
    for part, rows in _diagnosed(result):
        worst = next((row["population"] for row in rows if row["worst"]), "")
        errors = layer_errors(rows, worst)
        samples.add(rows["samples"][0])
        if max(error.error for error in errors) < LEAST_ERROR:
            exact.append(part)
        else:
            drawn.append(partial(draw_layer_errors, errors=errors, title=part))
            layers = max(layers, len(errors))
    if not drawn:
        return []
    told = f" Nothing is lost by {', '.join(exact)}." if exact else ""
    caption = (
        "Mean absolute error of every population against the CNN, as the sum of what it inherited from the layers before, "
        f"clipping, quantisation and spikes that came too early (unevenness).{told} "
        f"{', '.join(f'{count:,}' for count in sorted(samples))} test images. {setting(result)}"
    )
    size = (SIZE[0], 0.4 * layers + 1.5)
    return [panelled("errors", "What each conversion loses, layer by layer", caption, folder, drawn, size)]


def _stairs(result: "StudyResult", folder: FigureFolder) -> list[Picture]:
    """A picture for each network, with a panel for each population."""
    import numpy as np

    pictures = []
    for part, rows in _diagnosed(result):
        with np.load(result.path("convert", part, "points.npz"), allow_pickle=False) as file:
            stairs = staircases(rows, {name: file[name] for name in file.files})
        caption = (
            "Activation of the CNN against the value that the population sent, both over the largest that it can send; darker "
            "is more often, the line is an ideal neuron with the right input; r is the correlation. "
            f"{rows['samples'][0]:,} test images. {setting(result)}"
        )
        title = f"Activations, sent and meant: {part}"
        drawn = [partial(draw_staircase, stair=stair) for stair in stairs]
        pictures.append(panelled(f"activations-{part}", title, caption, folder, drawn, (3.2, 2.7)))
    return pictures


def _diagnosed(result: "StudyResult") -> Iterator[tuple[str, Table]]:
    """The networks whose conversion was diagnosed, with its rows; of the first seed."""
    for part in result.study.conversions if "diagnosis" in result.tables else ():
        rows = result.tables["diagnosis"].where(network=part.name, seed=result.study.seeds[0])
        if len(rows) and result.path("convert", part.name, "points.npz").is_file():
            yield part.name, rows


def _rasters(result: "StudyResult", folder: FigureFolder) -> list[Picture]:
    import numpy as np

    from spikewright.experiments.runs.artifacts import load_network

    pictures = []
    for part in result.study.conversions:
        if part.recipe == "quantized":
            continue
        found = result.path("convert", part.name, "network.spike")
        spikes = result.path("simulate", part.name, "raster.npz")
        if not (found.is_file() and spikes.is_file()):
            continue
        network = load_network(found)
        with np.load(spikes, allow_pickle=False) as file:
            raster = spike_raster(network, {name: file[name] for name in file.files})
        count = sum(len(band.times) for band in raster.bands)
        what = (
            "one step after the other"
            if raster.unit == "steps"
            else "one window for each layer, at most one spike a neuron"
        )
        caption = (
            f"All {count:,} spikes of {part.name!r} for the first test image (1 sample), {what}. {setting(result)}"
        )
        draw = partial(draw_raster, raster=raster)
        pictures.append(picture(f"raster-{part.name}", f"Spikes of one image: {part.name}", caption, folder, draw))
    return pictures


def _footprint(result: "StudyResult", folder: FigureFolder) -> list[Picture]:
    pictures = []
    sized = set(result.tables["footprint"]["network"]) if "footprint" in result.tables else set()
    for part in (one for one in result.study.compressions if one.name in sized):
        layers = footprint_bars(result.tables["footprint"], part.name)
        before, after = sum(one.before for one in layers), sum(one.after for one in layers)
        caption = (
            f"Storage of each layer of {part.name!r} before and after: in all {before / after:.1f} times smaller, indices, "
            f"scales and biases counted. {setting(result)}"
        )
        draw = partial(draw_footprint, layers=layers)
        size = (SIZE[0], 0.62 * len(layers) + 1.4)
        pictures.append(
            picture(f"footprint-{part.name}", f"Size of every layer: {part.name}", caption, folder, draw, size)
        )
    return pictures


def _costs(result: "StudyResult", folder: FigureFolder) -> list[Picture]:
    if "costs" not in result.tables:
        return []
    rows = result.tables["costs"].where(seed=result.study.seeds[0])
    caption = (
        "What is left of each core, in percent of the core of the first model; bits and cycles are counted, energies estimated. "
        f"{rows['terms'][0]} {setting(result)}"
    )
    panels = core_shares(rows)
    drawn = [partial(draw_core_share, panel=panel) for panel in panels]
    size = (SIZE[0], height_of(panels[0]))
    return [panelled("costs", "What compression saves on an FPGA", caption, folder, drawn, size)]


DRAWN = (
    pictures_of_search,
    overview_pictures,
    attack_pictures,
    noise_pictures,
    _steps,
    _footprint,
    _costs,
    _losses,
    _rasters,
    _stairs,
)
