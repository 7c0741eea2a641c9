"""What the command line of the benchmarks asks for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """The command line. `quick`: fewer points and images, for the tour."""

    networks: tuple[str, ...]
    data: Path | None
    output: Path
    steps: tuple[int, ...]
    images: int
    event_images: int
    repeats: int
    threads: int
    quick: bool
    page: Path
    without: tuple[str, ...] = ()
    large: bool = False
