"""Memory: what does not fit is refused in a sentence, where the system would end the process without one."""

import os
import sys
from pathlib import Path

CGROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
TORCH_SAYS = ("can't allocate memory", "not enough memory", "out of memory")


def hold_to_memory() -> None:
    """Let the process have as much memory as the machine has, so that asking for more is an error and no sudden end.

    Where the system has no such limit (other than Linux), nothing is changed.
    """
    if sys.platform == "linux":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        known = [limit for limit in (soft, hard, memory_bytes()) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_DATA, (min(known), hard))


def memory_bytes() -> int:
    """The memory of the machine, or of the container that the process is in."""
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for path in CGROUPS:
        try:
            found.append(int(path.read_text()))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return min(found)


def is_lack_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory was not enough; PyTorch says it in words."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in str(error) for words in TORCH_SAYS)
    )
