"""The commands by name: each measures, writes table and figure, and says whether all answers were right."""

from collections.abc import Callable

from benchmarks.comparisons import crossover, few, latency, peers
from benchmarks.design_fronts import exploration
from benchmarks.engine_alone import limit, scale, slope, startup, sweeps
from benchmarks.options import Options


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
