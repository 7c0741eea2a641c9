"""The families that a circuit is synthesised for: the pass of Yosys, its flags, and which cells count as what.

A wide multiplexer of Xilinx (MUXF7) hides in no count of look-up tables and makes it larger by a fifth: `-nowidelut`. Pads and
clock buffers belong to a board, not to a core.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from spikewright import InvalidInput
from spikewright.tables import nearest


@dataclass(frozen=True)
class SynthesisTarget:
    """One family.

    synth: the synthesis pass of Yosys with its flags. kept, flat: the flag that keeps the modules, or makes one of them all.
    luts: look-up tables in each cell, those that are memory or carry too; carries, dsps: cells of these kinds; flip_flops: what
    the names of flip-flops begin with. blocks: kinds of memory block, and how many of the smallest each is.
    """

    name: str
    synth: str
    kept: str
    flat: str
    luts: Mapping[str, int]
    flip_flops: tuple[str, ...]
    carries: tuple[str, ...]
    dsps: tuple[str, ...]
    blocks: Mapping[str, int]
    memory_luts: Mapping[str, int] = field(default_factory=dict)


_XC7 = SynthesisTarget(
    "xc7",
    "synth_xilinx -family xc7 -nowidelut -noiopad -noclkbuf",
    "",
    "-flatten",
    {f"LUT{inputs}": 1 for inputs in range(1, 7)},
    ("FD",),
    ("CARRY4",),
    ("DSP48E1",),
    {"RAMB18E1": 1, "RAMB36E1": 2},
    {
        "RAM16X1D": 2, "RAM32X1D": 2, "RAM32M": 4, "RAM64M": 4, "RAM64X1D": 2, "RAM128X1D": 4,
        "SRL16E": 1, "SRLC32E": 1,
    },
)  # fmt: skip
_XCUP = SynthesisTarget(
    "xcup",
    "synth_xilinx -family xcup -nowidelut -noiopad -noclkbuf",
    "",
    "-flatten",
    _XC7.luts,
    _XC7.flip_flops,
    ("CARRY8", "CARRY4"),
    ("DSP48E2",),
    {"RAMB18E2": 1, "RAMB36E2": 2},
    {**_XC7.memory_luts, "RAM32M16": 8, "RAM64M8": 8, "RAM256X1D": 8},
)
_ECP5 = SynthesisTarget(
    "ecp5",
    "synth_ecp5 -abc9",
    "-noflatten",
    "",
    {"LUT4": 1, "CCU2C": 2},
    ("TRELLIS_FF",),
    ("CCU2C",),
    ("MULT18X18D",),
    {"DP16KD": 1, "PDPW16KD": 1},
    {"TRELLIS_DPR16X4": 4},
)
_ICE40 = SynthesisTarget(
    "ice40",
    "synth_ice40",
    "-noflatten",
    "",
    {"SB_LUT4": 1},
    ("SB_DFF",),
    ("SB_CARRY",),
    ("SB_MAC16",),
    {"SB_RAM40_4K": 1},
)
_CYCLONE_V = SynthesisTarget(
    "cyclonev",
    "synth_intel_alm -family cyclonev",
    "-noflatten",
    "",
    {"MISTRAL_ALUT2": 1, "MISTRAL_ALUT3": 1, "MISTRAL_ALUT4": 1, "MISTRAL_ALUT5": 1, "MISTRAL_ALUT6": 1,
     "MISTRAL_ALUT_ARITH": 1, "MISTRAL_NOT": 1},
    ("MISTRAL_FF",),
    ("MISTRAL_ALUT_ARITH",),
    ("MISTRAL_MUL9X9", "MISTRAL_MUL18X18", "MISTRAL_MUL27X27"),
    {"MISTRAL_M10K": 1},
    {"MISTRAL_MLAB": 1},
)  # fmt: skip
TARGETS: Mapping[str, SynthesisTarget] = {one.name: one for one in (_XC7, _XCUP, _ECP5, _ICE40, _CYCLONE_V)}
"""Name -> family."""


def target_of(name: str) -> SynthesisTarget:
    """The family of a name. Raises InvalidInput for another."""
    if name not in TARGETS:
        way = nearest(str(name), TARGETS) or "xc7"
        raise InvalidInput(f"expected a family out of {', '.join(TARGETS)}, got {name!r:.60}; try {way!r}")
    return TARGETS[name]
