"""Every constant of the cost model in one place, with its source and how it is known.

[read]      read in the named publication.
[measured]  measured on probe circuits of one fully parallel and one time-multiplexed layer, synthesised with yosys 0.23
            for Xilinx 7 and ECP5, and simulated against a Python model.
[derived]   computed here from numbers of the two kinds above; the derivation stands beside the number.
[assumed]   no measurement stands behind the middle value. The interval is wide on purpose, and only comparisons between
            designs that share the constant mean anything.
"""

from dataclasses import dataclass

from spikewright.hardware.model.interval import Interval

# --- Energy of one operation in a 45 nm process at 0.9 V: M. Horowitz, ISSCC 2014, "Computing's energy problem". [read]
# Points are (bits, picojoule); between them, and from (0, 0), the value is interpolated linearly.
ADD_PJ: tuple[tuple[int, float], ...] = ((0, 0.0), (8, 0.03), (32, 0.1))
MULTIPLY_PJ: tuple[tuple[int, float], ...] = ((0, 0.0), (8, 0.2), (32, 3.1))

# --- Energy of one access to an SRAM of n bits: 1.09e-5 n + 13.2 pJ, the regression over Horowitz's three points that
# Lemaire et al., ICONIP 2022 (arXiv 2210.13107) use. [read]
SRAM_PJ_PER_BIT = 1.09e-5
SRAM_PJ_AT_ZERO = 13.2
# The points behind it, (bits, picojoule per 64-bit access): 8 KiB, 32 KiB, 1 MiB. [read]
SRAM_POINTS = ((8 * 8192, 10.0), (32 * 8192, 20.0), (1024 * 8192, 100.0))
# What the regression is worth: point / regression is 0.719, 1.245 and 0.956. [derived]
SRAM_ERROR = Interval(0.719, 1.0, 1.245)
SRAM_BUS_BITS = 64

# --- Cycles of the Verilog in `hardware/rtl`, exact. [measured] on drawn circuits, every event and its cycle.
SEEN_CYCLES = 2  # from the last pass, or a token, to the sweep
SETTLE_CYCLES = 5  # behind a sweep, in which its last words are written
SENT_CYCLES = 8  # from a block in a sweep to its first event at the next layer
ANSWER_CYCLES = 8  # from the last block to the class, beside one for each neuron of the output


@dataclass(frozen=True)
class AreaCoefficients:
    """LUTs per family: neuron (constant and per potential bit), ROM (per bit and 64 words), row counter, block
    multiplexer, state kept in LUT RAM (per bit, up to 32 deep), routing of kernel lanes (per weight bit and extra
    tap)."""

    per_neuron: Interval
    per_potential_bit: Interval
    rom: Interval
    row_counter: Interval
    block_mux: Interval
    lut_ram: Interval
    kernel_route: Interval


def _around(value: float, below: float, above: float) -> Interval:
    return Interval(value * below, value, value * above)


# Xilinx 7, [measured]: fully parallel LUT = N (10.0 + 1.70 V + 1.20 W ceil(Nin / 64)), largest error 6.2 % over 9
# points, with V = potential bits and W = weight bits; the band is +-10 %.
# row_counter: a multiplexed 64 x 64 layer takes 71 LUT, (71 - 10 - 1.7 x 16) / log2(64) = 5.7. [derived]
# block_mux: multiplexed layers of 15, 29 and 114.5 blocks take 113, 141 and 443 LUT more; per bit (8) and further block
# of 4096 words that is 1.0, 0.63 and 0.49. [derived]
# lut_ram, kernel_route: from how the primitives are built; no measurement. [assumed]
_XC7 = AreaCoefficients(
    per_neuron=_around(10.0, 0.9, 1.1),
    per_potential_bit=_around(1.70, 0.9, 1.1),
    rom=_around(1.20, 0.9, 1.1),
    row_counter=Interval(2.0, 5.7, 10.0),
    block_mux=Interval(0.45, 0.6, 1.0),
    lut_ram=Interval(0.4, 0.5, 1.4),
    kernel_route=Interval(0.05, 0.25, 0.6),
)
# ECP5, 4-input LUTs. [measured]: 38 LUT a neuron without its ROM (V = 16), the same as Xilinx 7; 197 with a ROM of 256
# words of 8 bits: (197 - 38) / (8 x 4) = 5.0. A multiplexed layer took 2.1 times the Xilinx LUTs and up to 4.5 times
# after packing (carry chains count double), hence the high ends. [derived]
_ECP5 = AreaCoefficients(
    per_neuron=_around(10.0, 0.9, 2.4),
    per_potential_bit=_around(1.70, 0.9, 2.4),
    rom=_around(5.0, 0.8, 1.2),
    row_counter=Interval(2.0, 12.0, 40.0),
    block_mux=Interval(0.45, 2.0, 3.0),
    lut_ram=Interval(0.7, 1.4, 3.0),
    kernel_route=Interval(0.1, 0.5, 1.2),
)
# Cyclone V, ALUTs. [measured] on one neuron circuit only: 171 ALUT against 131 LUT, a factor of 1.31.
# [derived] The band is wide because one circuit says little about others.
_CYCLONE_V = AreaCoefficients(
    per_neuron=_around(13.1, 0.7, 1.5),
    per_potential_bit=_around(2.23, 0.7, 1.5),
    rom=_around(1.57, 0.7, 1.5),
    row_counter=Interval(2.0, 7.5, 16.0),
    block_mux=Interval(0.45, 0.8, 1.6),
    lut_ram=Interval(0.4, 0.9, 2.0),
    kernel_route=Interval(0.05, 0.33, 0.9),
)
# UltraScale+ has the look-up tables of series 7, iCE40 those of ECP5 without writing. [assumed]
AREA = {"xc7": _XC7, "xcup": _XC7, "ecp5": _ECP5, "ice40": _ECP5, "cyclonev": _CYCLONE_V}

# What the laws above leave out: FIFO, serialiser, address maps, parameters. 52 hand-written convolution and dense layers,
# synthesised for Xilinx 7 with yosys 0.23, lay outside the narrow bands in 49 cases. Fully connected layers, 15 points: LUT 49 %
# below in the median and 62 % at worst, 1 / (1 - 0.62) = 2.63; a ROM of 240 rows estimated at 7,849 LUT took 557, a factor of
# 0.07. [measured] Flip-flops of the 52: 72 % below in the median, 1 / (1 - 0.72) = 3.57; the worst was not kept, so twice that
# is taken. [assumed] The middle values stay those of the laws until they are rebuilt.
LUT_ERROR = Interval(0.07, 1.0, 2.63)
FF_ERROR = Interval(1.0, 1.0, 7.14)

# Flip-flops. [measured] fully parallel on Xilinx 7: 25 N + 2 at V = 16, W = 8, exactly linear; 25 = V + W + 1 is how we
# split it. Multiplexed layers took 41 to 61: 14 to 34 more for counters.
FF_PER_LAYER = 2
FF_SEQUENCER = Interval(14.0, 24.0, 34.0)

# Where memories go: our own rule, to be carried out by the circuit description. A ROM of up to this many words a lane
# is made of LUTs, a deeper one of memory blocks; potentials of up to this depth a lane lie in LUT RAM.
LUT_ROM_WORDS = 512
LUT_RAM_WORDS = 32
BLOCK_MUX_WORDS = 4096

# --- Dynamic energy of an FPGA of the 28 to 40 nm kind, picojoule per resource and busy clock cycle, routing included
# and at the toggle rates of such circuits (about one node in eight a cycle). [assumed]
LUT_PJ = Interval(0.02, 0.1, 0.5)
FF_PJ = Interval(0.004, 0.02, 0.1)  # clock load, every cycle
BLOCK_PJ = Interval(2.0, 6.0, 20.0)  # one enabled memory block of 10 to 18 kbit
DSP_PJ = Interval(1.5, 5.0, 15.0)
