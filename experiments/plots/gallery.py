"""All figures of a study, each with a caption that says data set, network, seeds and number of samples."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from spikewright.experiments.plots.conversion import draw_layer_errors, draw_staircase, layer_errors, staircases
from spikewright.experiments.plots.footprint import draw_footprint, footprint_bars
from spikewright.experiments.plots.harm_pictures import attack_pictures, noise_pictures
from spikewright.experiments.plots.pareto import draw_pareto, pareto_fronts
from spikewright.experiments.plots.pictures import SIZE, Picture, panelled, picture, setting
from spikewright.experiments.plots.raster import draw_raster, spike_raster
from spikewright.experiments.plots.search_pictures import pictures_of_search
from spikewright.experiments.plots.steps import draw_steps, network_kinds, step_curves
from spikewright.experiments.plots.style import styled

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult
    from spikewright.hardware import Device


def study_pictures(result: "StudyResult", folder: Path) -> tuple[Picture, ...]:
    """Draw every figure that the study has data for, as PNG and SVG in `folder`."""
    made = []
    with styled():
        for draw in (
            pictures_of_search,
            _steps,
            _diagnoses,
            _rasters,
            attack_pictures,
            noise_pictures,
            _pareto,
            _footprint,
        ):
            made += draw(result, folder)
    return tuple(made)


def _steps(result: "StudyResult", folder: Path) -> list[Picture]:
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


def _diagnoses(result: "StudyResult", folder: Path) -> list[Picture]:
    import numpy as np

    pictures = []
    for part in result.study.conversions if "diagnosis" in result.tables else ():
        rows = result.tables["diagnosis"].where(network=part.name, seed=result.study.seeds[0])
        points = result.path("convert", part.name, "points.npz")
        if not len(rows) or not points.is_file():
            continue
        worst = next((row["population"] for row in rows if row["worst"]), "")
        about = f"{rows['samples'][0]:,} test images. {setting(result)}"
        caption = (
            f"Mean absolute error of every population of {part.name!r} against the CNN, as the sum of what it inherited from "
            f"the layers before, clipping, quantisation and spikes that came too early (unevenness). {about}"
        )
        draw = partial(draw_layer_errors, errors=layer_errors(rows, worst))
        size = (SIZE[0], 0.4 * len(rows) + 1.3)
        pictures.append(picture(f"errors-{part.name}", f"Where {part.name} loses", caption, folder, draw, size))
        with np.load(points, allow_pickle=False) as file:
            stairs = staircases(rows, {name: file[name] for name in file.files})
        caption = (
            "Activation of the CNN against the value that the population sent, both over the largest that it can send; darker "
            f"is more often, the line is an ideal neuron with the right input. {about}"
        )
        title = f"Activations, sent and meant: {part.name}"
        drawn = [partial(draw_staircase, stair=stair) for stair in stairs]
        pictures.append(panelled(f"activations-{part.name}", title, caption, folder, drawn, (3.2, 2.7)))
    return pictures


def _rasters(result: "StudyResult", folder: Path) -> list[Picture]:
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


def _pareto(result: "StudyResult", folder: Path) -> list[Picture]:
    if not {"hardware", "accuracy"} <= set(result.tables):
        return []
    table = result.tables["hardware"].where(seed=result.study.seeds[0])
    if not len(table):
        return []
    fronts = pareto_fronts(table, dict(network_kinds(result.tables["accuracy"])))
    device, clock = table["device"][0], table["clock_mhz"][0]
    count = sum(len(front.points) for front in fronts)
    caption = (
        f"{count:,} design points on {device} at {clock:g} MHz: estimates, middle values. Filled points fit the device, "
        "hollow ones do not; lines are the points that no other beats; diamonds are the named architectures; bars are the bounds "
        "of the exported core. Activity: mean "
        f"of {_images(result):,} test images. {setting(result)}"
    )
    draw = partial(draw_pareto, fronts=fronts, capacity=_device(result).lut)
    return [picture("pareto", "Energy against area", caption, folder, draw, (SIZE[0], 3.9))]


def _device(result: "StudyResult") -> "Device":
    from spikewright.hardware.devices import device

    assert result.study.hardware is not None
    return device(result.study.hardware.record().device)


def _images(result: "StudyResult") -> int:
    assert result.study.hardware is not None
    return int(result.study.hardware.record().images or result.tables["accuracy"]["samples"][0])


def _footprint(result: "StudyResult", folder: Path) -> list[Picture]:
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
