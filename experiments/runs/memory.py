"""The most memory that this process held since a moment, in MB."""

import resource
import sys
from pathlib import Path

MB = 2**20


def start_counting() -> None:
    """From now on; where the system cannot forget what was before, from the start of the process."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass


def most_mb() -> float:
    """The most resident memory in MB."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) * 1024 / MB, 1)
    except (OSError, ValueError, IndexError):
        pass
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most * (1 if sys.platform == "darwin" else 1024) / MB, 1)
