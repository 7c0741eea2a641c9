from spikewright.hardware.area.features import memories
from tests.hardware.area.measured_modules import told


def test_banks_forward_over_two_cycles() -> None:
    styles = [memories.bank(told(STYLE=style, WIDTH=27, BITS=3, ROWS=8))["registers"] for style in range(3)]
    assert styles == [27, 3 * 3 + 3 + 2 * 27, 3 * 3 + 4 + 3 * 27]


def test_banks_choose_among_blocks_below_each_other() -> None:
    rest = {"STYLE": 2, "WIDTH": 18, "BITS": 15}
    cases = ((4096, 4), (12_000, 4), (30_000, 1))
    flat, deep, pairs = (memories.bank(told("ecp5", ROWS=rows, COLUMN=column, **rest)) for rows, column in cases)
    assert [flat["pairs"], deep["pairs"], pairs["pairs"]] == [0, 0, 18]  # the last two bits may lie side by side
    assert [flat["below"], deep["below"], pairs["below"]] == [0, 2 * 16, 0]


def test_a_queue_lies_in_tables_until_a_block_is_cheaper() -> None:
    shallow, deep = (memories.fifo(told("ecp5", WIDTH=16, DEPTH=1 << bits, BITS=bits)) for bits in (4, 7))
    assert shallow["registers"] == 14 and deep["registers"] == 33 and deep["blocks"] == 1
    assert memories.fifo(told("xc7", WIDTH=11, DEPTH=2, BITS=1))["registers"] == 27


def test_other_memories_have_their_words() -> None:
    assert memories.memo(told(WIDTH=20, ROWS=1, BITS=1))["registers"] == 40
    assert memories.memo(told(WIDTH=12, ROWS=5, BITS=3))["registers"] == 12
    one = {"LANES": 22, "CURRENT": 11, "WORD": 11, "DRIVE": 5, "BITS": 1, "LATE": 0}
    assert memories.held(told(**one, ROWS=1))["registers"] == 726
    place = {"C_BITS": 2, "Y_BITS": 1, "X_BITS": 1, "VALUE": 1, "TIMES": 0}
    assert memories.tally(told(**place, LOGIT=5, FIRST=0))["logit"] == 5
    walk = {"COUNT": 4, "REPLAY": 1, "STEP_BITS": 2, "STEPS": 2, "Y_SIZE": 2, "X_SIZE": 2}
    assert memories.counts(told(**place, **walk))["replays place"] == 4
    assert memories.step_delay(told(BITS=4, WIDTH=8, STEPS=3, STEP_BITS=2, DELAY=1, DEPTH=16))["memory of 4"] == 8
    assert memories.mac_bank(told(STYLE=1, WIDTH=8, DEPTH=200, BITS=8))["width"] == 0


def test_levels_grow_with_lanes() -> None:
    rest = {"BANKS_Y": 1, "BANKS_X": 1, "GROUPS": 2, "BLOCKS_Y": 1, "BLOCKS_X": 1, "POTENTIAL": 10, "R_BITS": 1}
    small, large = (memories.levels(told(CHANNELS=lanes, **rest)) for lanes in (3, 6))
    assert large["chosen"] > small["chosen"] and large["registers"] - small["registers"] == 30 + 2


def test_banks_of_one_position_have_nothing_to_choose() -> None:
    rest = {
        "CHANNELS": 4,
        "GROUPS": 2,
        "BLOCKS_Y": 3,
        "BLOCKS_X": 3,
        "R_BITS": 5,
        "RY_BITS": 3,
        "RX_BITS": 3,
        "OY_BITS": 1,
        "OX_BITS": 1,
        "SEAT": 0,
    }
    one, many = (memories.banks(told(BANKS_Y=size, BANKS_X=size, **rest)) for size in (1, 2))
    assert [name for name, value in one.items() if value] == ["one"] and many["registers"] == 8
