"""What the benchmark ran on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import torch

from spikewright.snn import get_threads


def machine() -> str:
    """Processor, cores, threads and versions in one line."""
    threads = f"threads: engine {get_threads()} and torch {torch.get_num_threads()}"
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "torch"))
    return (
        f"processor: {_processor()}, {os.cpu_count()} cores; {threads}; python {platform.python_version()}, {versions}"
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
