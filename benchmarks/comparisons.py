"""Commands that measure the engine beside other programs: what runs a whole network, and what sums a layer."""

from dataclasses import replace

from benchmarks.benchmark import measured
from benchmarks.options import Options
from benchmarks.report import publish


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
