"""The command that measures the exploration of designs on FPGAs."""

from benchmarks.benchmark import measured
from benchmarks.case import title_of
from benchmarks.options import Options
from benchmarks.report import publish


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
