"""Which Verilog a size was synthesised from: sixteen digits of it, so that what changed since is found and done again."""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from spikewright.hardware.cosim.icarus import modules, needed_modules


def verilog_digest(texts: Iterable[str]) -> str:
    """Of files of Verilog: comments and white space do not count.

    >>> verilog_digest(["wire a;  // one"]) == verilog_digest(["wire  a;"])
    True
    """
    told = (" ".join(re.sub(r"//.*", "", text).split()) for text in texts)
    return sha256("\n".join(told).encode()).hexdigest()[:16]


def module_digest(module: str) -> str:
    """Of a module of `hardware/rtl` alone, without those inside it."""
    return verilog_digest(path.read_text() for path in modules() if path.stem == module)


def circuit_digest(folder: Path) -> str:
    """Of the circuit in a folder: its own Verilog, and that of all modules inside it. What memories hold does not count."""
    core = (folder / "core.v").read_text()
    return verilog_digest([core, *(path.read_text() for path in needed_modules(core))])
