"""The commands that put the spiking network beside the CNN: what each technique costs both, and for how many spikes it pays."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright.experiments.cli.arguments import COSTS, RECIPE
from spikewright.experiments.cli.asked import record
from spikewright.experiments.cli.common import (
    check_tables,
    dataset_of,
    images_of,
    known_origin,
    listed,
    print_steps,
    simulated,
)
from spikewright.experiments.cli.console import progress_bars, say
from spikewright.experiments.cli.showing import show
from spikewright.experiments.models.factory import factory_of
from spikewright.experiments.report.tables import write_table
from spikewright.experiments.runs.artifacts import load_model
from spikewright.experiments.runs.threads import quiet_threads
from spikewright.files import beside

if TYPE_CHECKING:
    from spikewright.experiments.stages.costing import CostsStage


@quiet_threads()
def run_costs(options: Namespace) -> None:
    """A table of both cores of each file, a verdict in words for each, and the picture."""
    from spikewright.experiments.costs.techniques import compression_costs
    from spikewright.experiments.families import RECIPES, STAGES
    from spikewright.experiments.plots import core_shares, draw_core_shares, save_figure, styled
    from spikewright.experiments.plots.style import figure_files
    from spikewright.experiments.stages.costing import PER_LAYER

    picture = beside(options.out, "-saved")
    check_tables(options, figure_files(picture))
    stage: CostsStage = STAGES.make("costs", STAGES.read("costs", COSTS.given(options)))
    usual = {**PER_LAYER.get(options.recipe, {}), **RECIPE.given(options)}
    recipe, terms = record(RECIPES, options.recipe, usual, options.seed), stage.terms()
    dataset = dataset_of(options, known_origin(options.files[0]))
    samples, data = dataset.train_images[: stage.samples], images_of(options, dataset)
    models = _models(options)
    with progress_bars(options.quiet) as progress:
        found = compression_costs(models, samples, data, recipe=recipe, terms=terms, progress=progress)
    paths = write_table(found.table, options.out, force=options.force)
    with styled():
        figure = draw_core_shares(core_shares(found.table))
        pictures = save_figure(figure, picture, force=options.force)
    say(f"{found.head}\n")
    show(
        found.table,
        first=("technique", "core", "accuracy", "weight_memory_bits", "latency_cycles"),
        wide=options.wide,
        places=paths,
    )
    for name, told in found.verdicts.items():
        say(f"\n{name}: {told}")
    say(f"\nwrote {listed((*paths, *pictures))}")


@quiet_threads()
def run_break_even(options: Namespace) -> None:
    """The table of limits over the steps, and their picture."""
    from spikewright.experiments.plots import save_figure, styled
    from spikewright.experiments.plots.break_even import draw_limit, limit_line
    from spikewright.experiments.plots.style import figure_files
    from spikewright.hardware import break_even_curve
    from spikewright.hardware.model.operations45 import Sram

    picture = beside(options.out, "-limits")
    check_tables(options, figure_files(picture))
    Sram(options.memory_access)  # what it is not is refused before the simulation
    network, activity, labels = simulated(options.file, options)
    found = break_even_curve(network, activity, options.over, memory_access=options.memory_access)
    paths = write_table(found.table, options.out, force=options.force)
    with styled():
        import matplotlib.pyplot as plt

        figure, ax = plt.subplots(figsize=(6.4, 4.0))
        draw_limit(ax, limit_line(found))
        pictures = save_figure(figure, picture, force=options.force)
    show(found.table, wide=options.wide, places=paths)
    own = next(one for one in found.points if one.steps == found.measured_steps)
    less = "less" if found.measured < own.limit else "no less"
    say(
        f"a synapse passes on {found.measured:.3g} spikes in {own.steps} steps, the limit is {own.limit:.3g}: the spiking "
        f"network costs {less} than its CNN of {own.bits} bits by the 45 nm index; mean of {len(labels):,} images"
    )
    say(f"wrote {listed((*paths, *pictures))}")


def _models(options: Namespace) -> dict[str, Any]:
    """The models of the files by short names, or by their paths where two would be called the same."""
    models = {}
    for path, name in zip(options.files, _names(options.files), strict=True):
        models[name] = load_model(path, factory_of(options.model))
        print_steps(path, models[name])
    return models


def _names(paths: Sequence[Path]) -> list[str]:
    short = [path.stem for path in paths]
    return short if len(set(short)) == len(short) else [str(path) for path in paths]
