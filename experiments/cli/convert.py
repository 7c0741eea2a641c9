"""The commands of conversion: convert and diagnose."""

import sys
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import InvalidInput, InvalidNetwork, Table
from spikewright.experiments.cli.arguments import RECIPE
from spikewright.experiments.cli.common import check_files, check_tables, dataset_of, images_of, source_model
from spikewright.experiments.cli.console import progress_bars, say
from spikewright.experiments.cli.obstacles import print_check, refused
from spikewright.experiments.cli.showing import show, show_within
from spikewright.experiments.data.load import Dataset
from spikewright.experiments.report.tables import write_table
from spikewright.experiments.runs.artifacts import load_network
from spikewright.experiments.runs.origin import stamp
from spikewright.experiments.runs.threads import quiet_threads
from spikewright.files import beside

if TYPE_CHECKING:
    from spikewright.conversion import Baseline, Diagnosis, Recipe
    from spikewright.snn import Network, Report

FLOAT_RECIPE = "ttfs"
"""The recipe whose networks stay float32 here."""


@quiet_threads()
def run_convert(options: Namespace) -> None:
    """Turn a model into a spiking network; the report of every layer and a diagnosis go to stdout."""
    from spikewright.experiments.cli.asked import record
    from spikewright.experiments.families import RECIPES
    from spikewright.snn.files import NETWORK_FILE

    check_files({options.out: NETWORK_FILE}, options)
    recipe = record(
        RECIPES, options.recipe, RECIPE.given(options), options.seed
    )  # a wrong number should not wait for a model to load
    _check_samples(options)
    _check_numbers(options)
    model, origin = source_model(options)
    dataset = dataset_of(options, origin)
    # slow to import, which the model has done by now
    from spikewright.conversion.diagnosis.judging import MOST_SAMPLES

    with progress_bars(options.quiet) as progress:
        known = dataset.first(options.samples, MOST_SAMPLES)
        bounds = tuple(options.input_range) if options.input_range else dataset.known_range
        if options.check:
            print_check(model, known.train_images, recipe, bounds, options.wide)
            return
        network = _converted(model, known, recipe, {"input_range": bounds, "progress": progress}, options.wide)
    if not options.float and network.numbers == "float32" and options.recipe != FLOAT_RECIPE:
        network = network.to_fixed(
            weight_bits=8 if options.weight_bits is None else options.weight_bits, potential_bits=options.potential_bits
        )
    network.save(options.out, force=options.force)
    stamp(options.out, origin)
    _show_report(network.report, options)
    if options.diagnosis:
        _told(model, network, dataset, options)
    say(f"{network.numbers} network of {sum(p.size for p in network.populations):,} neurons; wrote {options.out}")


def _show_report(report: "Report", options: Namespace) -> None:
    """What became of every layer, and the verdict; in a terminal as a table that fits."""
    if options.wide or not sys.stdout.isatty():
        say(f"{report}\n")
        return
    rows = (
        {**asdict(row), **{name: getattr(row, name) or None for name in ("parameters", "neurons")}} for row in report
    )
    show(Table.of(rows), first=("layer", "kind", "action", "detail"))
    say(f"\nverdict: {report.verdict}\n" if report.verdict else "")


def _check_samples(options: Namespace) -> None:
    if options.samples < 1:
        raise InvalidInput(f"expected at least 1 sample, got {options.samples}; try --samples 500")


def _check_numbers(options: Namespace) -> None:
    """Raise InvalidInput for bits of integers that the network is not made of."""
    given = [name for name in ("weight_bits", "potential_bits") if getattr(options, name) is not None]
    if given and (options.float or options.recipe == FLOAT_RECIPE):
        why = "--float" if options.float else f"--recipe {options.recipe}"
        name = given[0].replace("_", "-")
        raise InvalidInput(
            f"expected {why}, which keeps float32 numbers, or --{name}, got both; try without one of them"
        )


def _converted(model: Any, dataset: Dataset, recipe: "Recipe", settings: dict[str, Any], wide: bool) -> "Network":
    """The network, made on training images and judged on test images; a refusal is shown as a table first."""
    from spikewright.conversion import Unconvertible, convert

    try:
        return convert(model, dataset.train_images, recipe, judge=dataset.test_images, **settings)
    except Unconvertible as error:
        raise refused(error.obstacles, "adapt(model" in str(error), wide) from error


@quiet_threads()
def run_diagnose(options: Namespace) -> None:
    """Where a network loses against its model: tables and pictures."""
    from spikewright.experiments.plots.style import figure_files
    from spikewright.experiments.report.tables import table_files

    pictures = [figure_files(_named(options.out, name)) for name in ("activations", "errors", "steps")]
    check_tables(options, table_files(_named(options.out, "baseline")), *pictures)
    _check_samples(options)
    network = load_network(options.network)
    model, origin = source_model(options)
    diagnosis, found = _told(model, network, dataset_of(options, origin), options)
    paths = [*write_table(diagnosis.to_table(), options.out, force=options.force)]
    if found is not None:
        paths += write_table(Table.of(found.rows()), _named(options.out, "baseline"), force=options.force)
    paths += _drawn(diagnosis, options)
    say(f"wrote {', '.join(map(str, paths))}")


def _told(model: Any, network: "Network", dataset: Dataset, options: Namespace) -> "tuple[Diagnosis, Baseline | None]":
    """Print the diagnosis on the test images and, where there is one, the CNN at equal information."""
    from spikewright.conversion import baseline, diagnose

    images, labels = images_of(options, dataset)
    with progress_bars(options.quiet) as progress:
        diagnosis = diagnose(model, network, images, labels, progress=progress)
    rows = Table.of(layer.short_row() for layer in diagnosis.populations)
    show_within(f"{diagnosis}\n", rows, wide=options.wide)
    try:
        found = baseline(model, network, dataset.train_images[: options.samples], (images, labels))
    except (InvalidInput, InvalidNetwork) as error:
        say(f"no CNN at equal information: {error}\n")
        return diagnosis, None
    say(f"{found}\n")
    return diagnosis, found


def _named(out: Path, name: str) -> Path:
    """Beside --out."""
    return beside(out, f"-{name}")


def _drawn(diagnosis: "Diagnosis", options: Namespace) -> list[Path]:
    from spikewright.experiments.plots import (  # fmt: skip
        accuracy_curves,
        draw_layer_errors,
        draw_staircases,
        draw_steps,
        layer_errors,
        save_figure,
        staircases,
        styled,
    )

    with styled():
        import matplotlib.pyplot as plt

        points = {layer.population: layer.points for layer in diagnosis.populations if layer.points is not None}
        made = {"activations": draw_staircases(staircases(diagnosis.layers, points))} if points else {}
        made["errors"], ax = plt.subplots(figsize=(6.8, 0.46 * len(diagnosis.populations) + 1.2))
        draw_layer_errors(ax, layer_errors(diagnosis.layers, diagnosis.worst))
        if len(diagnosis.accuracy_over_steps) > 1:
            made["steps"], ax = plt.subplots()
            draw_steps(ax, accuracy_curves(diagnosis))
        return [
            path
            for name, figure in made.items()
            for path in save_figure(figure, _named(options.out, name), force=options.force)
        ]
