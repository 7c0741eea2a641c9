"""The commands: measure, write table and figure, and say whether all answers were right."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.benchmark import measured
from benchmarks.case import title_of
from benchmarks.options import Options
from benchmarks.report import publish
from spikewright import Table


def peers(options: Options) -> int:
    """The event engine against every other program; status 1 when an answer differs."""
    from benchmarks.figures import speed_panel
    from benchmarks.versus import Peers

    sizes = Peers(options.images, options.event_images, options.repeats, without=options.without)
    if options.quick:
        few, repeats = min(options.images, 64), min(options.repeats, 3)
        sizes = replace(sizes, peer_images=few, repeats=repeats, batches=(16, 64))
    cases = [(network, steps) for network in options.networks for steps in options.steps]
    whole = measured(options, [replace(sizes, network=network, steps=steps) for network, steps in cases])
    tables = [whole.where(network=network, steps=steps) for network, steps in cases]
    panels = [lambda ax, table=table: speed_panel(ax, table) for table in tables if len(table)]
    caption = (
        f"Images per second, median of {sizes.repeats} interleaved repeats with the slowest and the fastest. Test images of "
        f"each data set: {sizes.peer_images} for peers, up to {sizes.event_images:,} for the event engine; trained networks, one "
        "set of weights each."
    )
    publish(options.output, "peers-large" if options.large else "peers", whole, panels, caption)
    return 0 if all(map(len, tables)) and not any(equal is False for equal in whole["equal"]) else 1


def latency(options: Options) -> int:
    """One image at a time; status 1 when an answer differs."""
    from benchmarks.figures import latency_panel
    from benchmarks.latency import Latency, reaches_latency

    repeats, images = (3, 8) if options.quick else (options.repeats, 16)
    cases = [(network, steps) for network in options.networks for steps in options.steps]
    wanted = [Latency(network, steps, repeats, images, options.without) for network, steps in cases]
    table = measured(options, wanted)
    tables = [table.where(network=network, steps=steps) for network, steps in cases]
    caption = (
        f"Milliseconds of a call with one image, median of {repeats} interleaved repeats over {images} test images, in the "
        "fastest form found for each program. Wanted: fixed point in a third of the fastest library's time at most; "
        f"{'reached' if reaches_latency(table) else 'not reached'}."
    )
    panels = [lambda ax, table=table: latency_panel(ax, table) for table in tables if len(table)]
    publish(options.output, "latency", table, panels, caption)
    return 0 if all(map(len, tables)) and all(table["equal"]) else 1


def few(options: Options) -> int:
    """Few steps and integer inference against the CNN; status 1 when an answer differs."""
    from benchmarks.few import WANTED, Few, reaches_cnn
    from benchmarks.figures import speed_panel

    images, repeats = (min(options.event_images, 128), 3) if options.quick else (options.event_images, options.repeats)
    table = measured(options, [Few(network, images=images, repeats=repeats) for network in options.networks])
    tables = [table.where(network=network) for network in options.networks]
    wanted = ", ".join(f"{name} {times:g}" for name, times in WANTED.items())
    caption = (
        f"Images per second, median of {repeats} interleaved repeats with the slowest and the fastest; up to {images:,} "
        f"test images. Wanted, times the float32 CNN in its best form: {wanted}; "
        f"{'reached' if reaches_cnn(table) else 'not reached'}."
    )
    panels = [lambda ax, table=table: speed_panel(ax, table, "few steps") for table in tables if len(table)]
    publish(options.output, "few", table, panels, caption)
    return 0 if all(map(len, tables)) and not any(equal is False for equal in table["equal"]) else 1


def sweeps(options: Options) -> int:
    """Speed against density, sparsity, steps, batch, network size and threads; status 1 when spikes differ from torch's."""
    from benchmarks.figures import line_panel
    from benchmarks.sweeps import Sweep

    name, steps = options.networks[0], min(options.steps)
    sweep = Sweep(name, steps, 16, 2, True) if options.quick else Sweep(name, steps, repeats=options.repeats)
    table = measured(options, [sweep])
    titles = {
        "density": ("density (spikes per neuron and step)", "generated, 64 channels, 32 steps"),
        "sparsity": ("sparsity of the weights (share of zeros)", "event fixed, by kind of mask"),
        "channels": ("channels", "generated, density 5 %"),
        "steps": ("steps", name),
        "batch": ("batch (images)", name),
        "threads": ("threads", name),
    }
    panels = []
    for axis, (label, title) in titles.items():
        part = table.where(axis=axis)
        if axis == "sparsity":
            part = part.where(runner="event fixed")
        by = "series" if axis == "sparsity" else "runner"
        panels.append(
            lambda ax, part=part, by=by, label=label, title=title: line_panel(
                ax, part, "value", "images_per_s", by, (label, "images per second", title)
            )
        )
    caption = (
        f"Images per second, median of {sweep.repeats} interleaved repeats; {sweep.images} images a point unless the batch is "
        f"the axis. Trained network: {title_of(name, steps)}; generated ones: `benchmarks/generated.py`, seed 0."
    )
    publish(options.output, "sweeps", table, panels, caption)
    apart = max((value for value in table["images_with_other_counts"] if value is not None), default=0.0)
    return 0 if apart < 1.0 else 1


def limit(options: Options) -> int:
    """The delivery kernels against bare SIMD additions and dot products."""
    from benchmarks.figures import line_panel
    from benchmarks.limit import TILED, WANTED_DOTS, Limit, dot_share, reaches_limit

    table = measured(options, [Limit((64,), (0.05,), 3) if options.quick else Limit(repeats=options.repeats)])
    series = Table.of({**row, "series": f"{row['channels']} channels", "percent": 100 * row["share"]} for row in table)
    labels = (
        "density (spikes per neuron and step)",
        "share of the bare loop (%)",
    )
    caption = (
        f"Additions per second of the engine's delivery kernel over those of a bare loop that adds rows of the same length "
        f"eight at a time out of as many bytes; generated layers, seed 0, one thread, median of {options.repeats} repeats. "
        f"Wanted: 40 % at 5 % density, in the median over the widths; {'reached' if reaches_limit(table) else 'not reached'}. "
        f"Dot products of bytes: products of sources that fire at all in the 32 steps, over those of a bare loop of the same "
        f"instruction for four sources and sixteen targets. Wanted: {100 * WANTED_DOTS:.0f} % at 5, 10 and 20 % density; the "
        f"lowest is {100 * dot_share(table):.0f} %."
    )
    if TILED in table["numbers"]:
        caption += (
            f" This processor multiplies tiles, and so does the engine: the lowest share of a bare loop of tiles is "
            f"{100 * dot_share(table, TILED):.0f} %."
        )
    publish(
        options.output,
        "limit",
        table,
        [
            lambda ax, name=name: line_panel(
                ax, series.where(numbers=name), "density", "percent", "series", (*labels, f"one thread, {name}")
            )
            for name in dict.fromkeys(series["numbers"])
        ],
        caption,
    )
    return 0


def crossover(options: Options) -> int:
    """One layer beside dense convolutions, from silent to busy; status 1 when sums that should be exact differ."""
    from benchmarks.crossover import DENSITIES, Crossover, crossings
    from benchmarks.figures import line_panel

    wanted = Crossover((64,), DENSITIES[::2], repeats=3) if options.quick else Crossover(repeats=options.repeats)
    table = measured(options, [wanted])
    told = "; ".join(f"than {name} {', '.join(where)}" for name, where in crossings(table).items())
    caption = (
        f"Microseconds for the sums of a layer, 16 x 16 pixels, kernel 3 x 3, as many channels out as in, {wanted.steps} "
        f"steps of random spikes, 8-bit weights, one thread, median of {wanted.repeats} interleaved repeats. The engine is "
        f"quicker {told}. "
        "Sums are equal but those in bfloat16, which are rounded."
    )
    panels = [
        lambda ax, channels=channels: line_panel(
            ax,
            table.where(channels=channels),
            "density",
            "microseconds",
            "runner",
            ("density (spikes per neuron and step)", "microseconds", f"{channels} channels"),
        )
        for channels in wanted.channels
    ]
    publish(options.output, "crossover", table, panels, caption)
    return 0 if all(row["equal"] or "bfloat16" in row["runner"] for row in table) else 1


def slope(options: Options) -> int:
    """Time against synaptic operations."""
    from benchmarks.figures import line_panel
    from benchmarks.slope import SIZE, SPARSE, STEPS, Slope, slopes

    size = SIZE // 4 if options.quick else SIZE
    table = measured(options, [Slope(2 if options.quick else max(2, options.repeats), size)])
    found, sparse = (
        ", ".join(f"{name} {value:.3f}" for name, value in slopes(table, most).items()) for most in (1.0, SPARSE)
    )
    labels = ("synaptic operations of an image", "processor time of an image (s)", f"slopes: {found}")
    caption = (
        f"Processor time of an image, one thread, against its synaptic operations, log-log slopes {sparse} up to a density "
        f"of {SPARSE:.0%}, where spikes go by rows, and {found} in all: busier sources share additions. "
        f"Generated dense layer, {size:,} to {size:,} neurons, {STEPS} steps, seed 0; the time of a call with more images less "
        "that of one with four, fastest repeats."
    )
    publish(
        options.output,
        "slope",
        table,
        [lambda ax: line_panel(ax, table, "synaptic_operations_per_image", "seconds_per_image", "runner", labels)],
        caption,
    )
    return 0


def startup(options: Options) -> int:
    """The first simulation of a process."""
    from benchmarks.figures import start_panel
    from benchmarks.startup import Startup, fast_enough

    table = measured(options, [Startup(1 if options.quick else 3)])
    caption = (
        "First simulation of a fresh process less the same one again, float32 and fixed point together, small-digits, one "
        f"image. Wanted: under 1 s with kernels cached, under 60 s without; {'reached' if fast_enough(table) else 'not reached'}."
    )
    publish(options.output, "startup", table, [lambda ax: start_panel(ax, table)], caption)
    return 0


def scale(options: Options) -> int:
    """A million neurons, a hundred million synapses."""
    from benchmarks.figures import scale_panel
    from benchmarks.scale import Scale, meets

    sizes = (0.01, 0.1) if options.quick else (0.01, 0.1, 1.0)
    wanted = [Scale(layers=round(100 * min(1.0, s * 10)), width=max(1000, round(10_000 * s))) for s in sizes]
    table = measured(options, wanted)
    rows = list(table)
    work, seconds = (np.log([row[name] for row in rows]) for name in ("synaptic_operations", "simulate_s"))
    slope = f"; log-log slope of time against operations {np.polyfit(work, seconds, 1)[0]:.3f}" if len(rows) > 1 else ""
    caption = (
        f"Peak memory and synaptic operations per second and core of generated networks of explicit sparse "
        f"synapses, {rows[-1]['steps']} steps, one input, seed 0{slope}. Wanted for a hundred million: at most 8 GiB and more "
        f"than 10^8 a second; {'reached' if meets(rows[-1]) else 'not reached'} by the largest here."
    )
    publish(options.output, "scale", table, [lambda ax: scale_panel(ax, table)], caption)
    return 0 if len(rows) == len(sizes) else 1


def exploration(options: Options) -> int:
    """A million designs, their front by the simulator and some by synthesis; status 1 where one lies outside its bounds."""
    from benchmarks.exploration import ExplorationBench, inside, reached
    from benchmarks.figures import design_panel

    wanted = ExplorationBench(synthesised=0, images=1) if options.quick else ExplorationBench()
    table = measured(options, [wanted])
    row, drawn = next(iter(table)), table.where(front=True)
    told = ", ".join(f"{name} {count} of {whole}" for name, (count, whole) in inside(table).items())
    caption = (
        f"{row['designs']:,} designs of {title_of(wanted.network, wanted.steps)}, weights of "
        f"{' and '.join(map(str, wanted.bits))} bits, on {' and '.join(wanted.devices)}, costed in {row['explore_s']:.1f} s "
        f"({row['explore_processor_s']:.1f} s of the processor), of which {row['fitting']:,} fit. The front in area and latency, "
        f"{len(drawn)} designs, by the simulator of the circuits over {wanted.images} test images; {wanted.synthesised} designs "
        f"of at most {wanted.lanes} physical neurons, of the fronts of each network and device, by both and Yosys. "
        f"Inside the bounds of their estimates: {told}."
    )
    publish(options.output, "exploration", table, [lambda ax: design_panel(ax, drawn)], caption)
    return 0 if reached(table) or options.quick else 1


def page(options: Options) -> int:
    """The page of the documentation, from what the other commands left."""
    from benchmarks.page import write_page

    write_page(options.output, options.page)
    print(f"-> {options.page}")
    return 0


TOUR = ("peers", "latency", "few", "sweeps", "crossover", "limit", "slope", "startup")
COMMANDS: dict[str, Callable[[Options], int]] = {
    "peers": peers,
    "latency": latency,
    "few": few,
    "sweeps": sweeps,
    "crossover": crossover,
    "limit": limit,
    "slope": slope,
    "startup": startup,
    "scale": scale,
    "exploration": exploration,
    "page": page,
}
"""What `python -m benchmarks NAME` runs; the status of the process is what it gives back."""
