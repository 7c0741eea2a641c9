"""What the benchmark ran on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import numba
import torch


def machine() -> str:
    """Processor, cores, threads and versions in one line each."""
    return "\n".join(
        [
            f"processor: {_processor()}, {os.cpu_count()} cores; threads: numba {numba.get_num_threads()}, torch {torch.get_num_threads()}",
            f"python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "torch")),
        ]
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
