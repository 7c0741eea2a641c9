"""Commands that measure the engine by itself: what its speed depends on, and how near the machine's limits it is."""

import numpy as np

from benchmarks.benchmark import measured
from benchmarks.case import title_of
from benchmarks.options import Options
from benchmarks.report import publish
from spikewright import Table


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
