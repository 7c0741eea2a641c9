"""Every constant of the cost model in one place, with its source and how it is known.

[read]      read in the named publication.
[measured]  measured on the circuits of this project. Sizes of modules stand in `hardware.area`, not here.
[derived]   computed here from numbers of the two kinds above; the derivation stands beside the number.
[assumed]   no measurement stands behind the middle value. The interval is wide on purpose, and only comparisons between
            designs that share the constant mean anything.
"""

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

# --- Activity of the Verilog in `hardware/rtl`. [measured] on 28 layers of 11 drawn cores (docs/energy.md).
# Changes of a register bit in a cycle in which its layer is busy: median, least, most. Nets of logic change as often, 1.03 to
# 1.19 times in three netlists.
BUSY_TOGGLES = Interval(0.042, 0.17, 0.344)
