"""Time and memory of this process and of those that it has started, as Linux counts them."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
KB_PER_MB = 1024
SAMPLED_EVERY_S = 0.02


def descendants(pid: int | None = None) -> list[int]:
    """The processes that a process (this one unless given) has started, and that these have started."""
    found: list[int] = []
    for task in Path(f"/proc/{pid or os.getpid()}/task").glob("*/children"):
        for child in map(int, _text(task).split()):
            found += [child, *descendants(child)]
    return found


def processor_seconds(pid: int) -> float:
    """What a process has computed so far; 0 for one that has ended."""
    told = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / TICKS if told else 0.0


def resident_mb(pid: int | None = None) -> float:
    """The memory that a process (this one unless given) holds; 0 for one that has ended."""
    for line in _text(Path(f"/proc/{pid or os.getpid()}/status")).splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / KB_PER_MB
    return 0.0


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError):
        return ""


@dataclass
class Spending:
    """What a block spent: seconds on the clock, of this process, of all that it had started; the most memory in MB."""

    wall_s: float = 0.0
    here_s: float = 0.0
    workers_s: float = 0.0
    most_mb: float = 0.0
    _stopped: threading.Event = field(default_factory=threading.Event, repr=False)

    def sample(self) -> None:
        """Look at the memory of this process until the block has ended."""
        while True:
            self.most_mb = max(self.most_mb, resident_mb())
            if self._stopped.wait(SAMPLED_EVERY_S):
                return

    def stop(self) -> None:
        """End `sample`."""
        self._stopped.set()


@contextmanager
def spending() -> Iterator[Spending]:
    """Count what the block spends; workers are counted if they were there when it began."""
    made, workers = Spending(), descendants()
    before = [processor_seconds(pid) for pid in workers]
    looking = threading.Thread(target=made.sample, daemon=True)
    looking.start()
    start, here = time.perf_counter(), time.process_time()
    try:
        yield made
    finally:
        made.wall_s, made.here_s = time.perf_counter() - start, time.process_time() - here
        after = [processor_seconds(pid) for pid in workers]
        made.workers_s = sum(max(0.0, late - early) for early, late in zip(before, after, strict=True))
        made.stop()
        looking.join()
