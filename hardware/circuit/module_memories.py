"""A memory inside a module of `hardware/rtl`."""

from dataclasses import dataclass
from typing import Literal

from spikewright.hardware.placement import Role


@dataclass(frozen=True)
class ModuleMemory:
    """A memory inside a module, or `count` of them that are alike.

    kind: only "read"; "written" too; "chosen", where synthesis says where it lies; "shown", which is read without a clock;
    always in "blocks". parameter: the one that names its file. column: the one that tells the bits of its columns, "" where it
    has none.
    """

    name: str
    role: Role
    words: int
    bits: int
    kind: Literal["read", "written", "chosen", "shown", "blocks"] = "read"
    count: int = 1
    parameter: str = ""
    column: str = ""
