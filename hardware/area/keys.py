"""The name of a module with its parameters, as tables of sizes have it: what cannot change its size is left out."""

from collections.abc import Mapping

BUS = ("MEMORY", "LOAD_ADDRESS", "LOAD_ROW")
"""Where a memory is on the load bus. A module that only hands them on does not change with them."""
READS_FILES = ("sw_rom", "sw_codebook", "sw_encode_steps")
"""Modules whose size depends on what a file holds."""
COLUMNS = ("COLUMN", "K_COLUMN", "W_COLUMN", "I_COLUMN", "LIST_COLUMN", "PLACE_COLUMN", "HELD_COLUMN")
"""Bits of the columns of a memory."""
READS_BUS = ("sw_memory", "sw_codebook", "sw_loader")
WITHOUT: Mapping[str, tuple[str, ...]] = {
    "sw_lane": (
        "DEAF", "FRESH", "LIMIT", "MEMO", "NUMBER", "OFFSET", "RESET_ZERO", "SLOT", "SLOT_SHIFT", "THRESHOLD", "THRESHOLDS",
        "TAP", "DRIVE",
    ),
    "sw_front": (
        "C_BITS", "C_SIZE", "Y_BITS", "Y_SIZE", "X_BITS", "X_SIZE", "LANE_BITS", "OY_BITS", "OX_BITS", "VALUE"
    ),
    "sw_mac_source": ("COLUMNS", "ROWS", "DEPTH", "HALF", "ENTRIES", "T_BITS", "U_BITS", "WIDE", "WIDE_WEIGHT"),
    "sw_mac_lane": ("SHIFTS",),
    "sw_codebook": BUS,
}  # fmt: skip
"""Module -> parameters that hardly change its look-up tables beside the others; its flip-flops are those of a law."""
APART: Mapping[str, tuple[str, ...]] = {"ecp5": ("sw_lane",)}
"""Family -> modules of which it takes each for one of its own: lanes that are the same but for those parameters lie 11 % apart
on ECP5 (root mean square, 1 % on Xilinx 7), and further from each other than from their law, 8 %."""
PLAIN_KINDS = tuple(f"KIND={kind}" for kind in ("if", "none", "signed", "ternary", "burst", "deaf", "stepped"))
"""Neurons whose law stands in a module of its own, beside a `sw_lane` that is the same for all of them."""
LAWS_APART = {"sw_rom": "LOADED", "sw_codebook": "MEMORY"}
"""Module -> the parameter above 0 that makes another circuit of it, with a law of its own: tables that are written."""
WORDS_IN_TABLE = 64
MOST_TABLES = 32


def key_of(module: str, parameters: Mapping[str, int | str]) -> str:
    """Such as "sw_bank BITS=3 ROWS=6 STYLE=1 WIDTH=40". Negative numbers are those of 32 bits, as synthesis tools write them."""
    left_out = () if module in READS_BUS else BUS
    told = [
        f"{name}={value % (1 << 32) if isinstance(value, int) and value < 0 else value}"
        for name, value in sorted(parameters.items())
        if name not in left_out and not is_file(name) and not (name in COLUMNS and _alike(module, value))
    ]
    return " ".join([module, *told])


def _alike(module: str, column: int | str) -> bool:
    """Whether the columns of a memory make no difference to a module: it has none, or they are those of a module inside it."""
    return column == 0 or module not in ("sw_rom", "sw_synapse", "sw_bank", "sw_held")


def table_key(key: str, family: str = "") -> str:
    """A key without what hardly matters: modules that share it share a row of the table of sizes.

    >>> table_key("sw_mac_lane SHIFTS=1 WIDTH=40")
    'sw_mac_lane WIDTH=40'
    """
    module, *told = key.split(" ")
    if module in APART.get(family, ()):
        return key
    left_out = WITHOUT.get(module, ())
    kept = [one for one in told if one.partition("=")[0] not in left_out]
    return " ".join([module, *("KIND=plain" if one in PLAIN_KINDS else one for one in kept)])


def law_of(module: str, parameters: Mapping[str, int | str]) -> str:
    """The name of the law of a module: its own, or, by `LAWS_APART`, with the parameter in small letters.

    >>> law_of("sw_rom", {"LOADED": 1}), law_of("sw_rom", {"LOADED": 0})
    ('sw_rom loaded', 'sw_rom')
    """
    apart = LAWS_APART.get(module)
    return f"{module} {apart.lower()}" if apart and parameters.get(apart, 0) != 0 else module


def is_file(parameter: str) -> bool:
    """Whether a parameter names a memory file."""
    return parameter in ("FILE", "TABLE") or parameter.endswith("_FILE")


def lies_in_tables(words: int, bits: int) -> bool:
    """Whether a memory that is only read lies in look-up tables, as `sw_rom` says itself."""
    return words <= WORDS_IN_TABLE or -(-words // WORDS_IN_TABLE) * bits <= MOST_TABLES


def holds_constants(module: str, parameters: Mapping[str, int | str]) -> bool:
    """Whether the size of a module depends on what its file holds: tables that nobody loads."""
    if module == "sw_rom":
        words, bits = int(parameters["DEPTH"]), int(parameters["WIDTH"])
        return not parameters["LOADED"] and lies_in_tables(words, bits)
    return module == "sw_codebook" and not parameters["MEMORY"]
