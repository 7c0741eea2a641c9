"""The commands after conversion: attack, estimate, explore, export."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import InvalidInput, SpikewrightError, Table
from spikewright.experiments.cli.arguments import ATTACK, DESIGNS, DEVICE, EXPORT
from spikewright.experiments.cli.common import (
    check_tables,
    check_whole,
    dataset_of,
    images_of,
    known_origin,
    listed,
    print_steps,
    simulated,
)
from spikewright.experiments.cli.console import progress_bars, say
from spikewright.experiments.cli.designing import design_asked, fitting, hardware_asked
from spikewright.experiments.cli.showing import show
from spikewright.experiments.models.factory import factory_of, is_foreign
from spikewright.experiments.report.tables import write_table
from spikewright.experiments.runs.artifacts import kind_of, load_model, load_network
from spikewright.experiments.runs.origin import origin_of
from spikewright.experiments.runs.threads import quiet_threads
from spikewright.files import beside

if TYPE_CHECKING:
    from spikewright.hardware import Device
    from spikewright.robustness import Predictor


@quiet_threads()
def run_attack(options: Namespace) -> None:
    """One table: model x perturbation x strength, with 95 % intervals; `over` says over what."""
    from spikewright.experiments.cli.asked import records
    from spikewright.experiments.families import ATTACKS, CORRUPTIONS
    from spikewright.robustness import Transfer, evaluate

    check_tables(options)
    attacks: list[Any] = records(ATTACKS, options.attacks, ATTACK.given(options), options.seed)
    corruptions = records(CORRUPTIONS, options.noise, {}, options.seed)
    if not attacks and not corruptions:
        raise InvalidInput(
            "expected at least one attack or corruption, got none; try --attacks pgd, or --noise gaussian"
        )
    dataset = dataset_of(options, known_origin(options.files[0]))
    predictors = [_predictor(path, options, dataset.input_range) for path in options.files]
    images, labels = images_of(options, dataset)
    if options.transfer_from is not None:
        attacks = [
            Transfer(attack, _predictor(options.transfer_from, options, dataset.input_range)) for attack in attacks
        ]
    noise = [(corruption, options.strengths) for corruption in corruptions]
    plan: list[Any] = [*((attack, options.epsilons) for attack in attacks), *noise]
    with progress_bars(options.quiet) as progress:
        table = evaluate(predictors, (images, labels), plan, seed=options.seed, progress=progress)
    paths = write_table(table, options.out, force=options.force)
    show(table, wide=options.wide, places=paths)
    say(f"{len(labels):,} test images; wrote {listed(paths)}")


def _predictor(path: Path, options: Namespace, bounds: tuple[float, float]) -> "Predictor":
    from spikewright.robustness import AnnPredictor, SnnPredictor

    if not is_foreign(path) and kind_of(path) == "network":
        return SnnPredictor(load_network(path), str(path))
    model = load_model(path, factory_of(options.model))
    print_steps(path, model)
    return AnnPredictor(model, str(path), input_range=bounds)


def run_estimate(options: Namespace) -> None:
    """The table of one design, layer by layer."""
    from spikewright.hardware import estimate

    check_tables(options)
    stage = hardware_asked(options, DEVICE)
    network, activity, labels = simulated(options.file, options)
    point = design_asked(network, activity, options.design, stage, options.loads)
    found = estimate(network, activity, point)
    paths = write_table(found.table, options.out, force=options.force)
    show(found.table, wide=options.wide, places=paths)
    named = f"{options.design} ({point.label})" if options.design in DESIGNS else point.label
    say(f"{named} {fitting(found)}; mean of {len(labels):,} images; wrote {listed(paths)}")
    if not found.fits and options.design != "best":
        say("try --design best, the one with the least energy that fits")


def run_explore(options: Namespace) -> None:
    """The table of all designs of all networks, and the picture of energy against area."""
    from spikewright.experiments.plots import draw_pareto, pareto_fronts, save_figure, styled
    from spikewright.experiments.plots.style import figure_files
    from spikewright.hardware import Goals, explore
    from spikewright.hardware.devices import device
    from spikewright.hardware.exploring.chances import against_best

    picture = beside(options.out, "-pareto")
    check_tables(options, figure_files(picture))
    stage = hardware_asked(options, DEVICE)
    devices = [device(name) for name in (stage.device, *options.beside)]
    runs = [simulated(path, options) for path in options.files]
    with progress_bars(options.quiet) as progress:
        found = explore(
            [(network, activity) for network, activity, _ in runs],
            device=devices, clock_mhz=stage.clock_mhz, labels=runs[0][2], goals=Goals(bounds=dict(options.bounds)),
            parallelism="grid" if options.grid else None, loads=options.loads, progress=progress,
        )  # fmt: skip
    best = found.best()
    rows = [{"network": str(options.files[row["candidate"]]), **row} for row in found.table]
    table = Table.of({**row, "chosen": found.estimates[row["point"]].point is best} for row in rows)
    paths = write_table(table, options.out, force=options.force)
    with styled():
        import matplotlib.pyplot as plt

        figure, ax = plt.subplots(figsize=(6.8, 4.6))
        allowed = Table.of({**row, "fits": row["feasible"]} for row in table)
        draw_pareto(ax, pareto_fronts(allowed, _kinds(options.files, runs)), best.fpga.lut, chosen="least energy")
        pictures = save_figure(figure, picture, force=options.force)
    front = against_best(found.pareto(), "fpga_energy_uj")
    show(front, wide=options.wide, places=paths)
    every = sum(found.counts["points"])
    thinned = "" if every == found.points else f" of {every:,}, spread evenly"
    allowed_designs = f"{sum(found.counts['feasible']):,} fit and keep the bounds"
    say(f"{found.points:,} designs{thinned}: {allowed_designs}, no other beats {len(front)}")
    say(f"wrote {', '.join(map(str, (*paths, *pictures)))}")


def _kinds(files: list[Path], runs: list[Any]) -> dict[str, str]:
    from spikewright.snn.traits import is_quantised

    integer = [is_quantised(network) for network, _, _ in runs]
    return {str(path): "integer CNN" if each else "SNN" for path, each in zip(files, integer, strict=True)}


def run_export(options: Namespace) -> None:
    """Write the core, load it again and replay its golden inputs."""
    from spikewright.hardware import estimate, export, replay
    from spikewright.hardware.core.folder import CORE_FOLDER

    check_whole(options.out, CORE_FOLDER)
    stage = hardware_asked(options, EXPORT)
    network, activity, _ = simulated(options.file, options)
    point = design_asked(network, activity, options.design, stage, options.loads)
    images, _ = images_of(options, dataset_of(options, origin_of(options.file)))
    golden = images[: stage.golden]
    export(network, point, options.out, images=golden, pixels=options.pixels)
    again = replay(options.out, device=point.fpga)
    told = "gives the same spikes" if again.equal else f"differs: {'; '.join(again.differences)}"
    say(
        f"core of {point.label} physical neurons on {point.device_name}; replaying {again.samples} golden images {told}"
    )
    cost = estimate(network, activity, point)
    if not cost.surely_fits:
        say(f"the core {fitting(cost)}")
    say(f"wrote {options.out}")
    if options.verify:
        _verify(options, point.fpga)


def _verify(options: Namespace, device: "Device") -> None:
    """Simulate what was written. Raises SpikewrightError where it differs from the golden traces or does not end."""
    from spikewright.hardware.core.verification import verify

    found = verify(options.out, limit=options.limit, device=device)
    if not found.equal:
        told = "; ".join(found.differences[:3])
        way = f"; try a --limit above {options.limit:,}" if options.limit and "no end" in told else ""
        raise SpikewrightError(f"expected Verilog that gives the golden traces, got: {told}{way}")
    cycles = ", ".join(f"{cycle:,}" for cycle in found.answer_cycles[:4])
    say(f"the Verilog gives the same events and answers, in cycles {cycles} of {found.cycles:,} ({found.simulator})")
