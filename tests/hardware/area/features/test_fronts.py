from spikewright.hardware.area.features import fronts
from tests.hardware.area.measured_modules import told


def test_taps_are_registered_as_wide_as_their_products() -> None:
    rest = {"CHANNELS": 2, "BANKS_Y": 1, "BANKS_X": 1, "WEIGHT": 4, "SHIFT": 0, "ONE_CHANNEL": 0, "LANE_BITS": 1}
    assert fronts.taps(told("ecp5", **rest, TIMES=2, VALUE=4, TAP=11))["registers"] == 8 + 4 + 2 * 9
    assert fronts.taps(told("xc7", **rest, TIMES=2, VALUE=4, TAP=11))["registers"] == 8  # the others lie in multipliers
    assert fronts.taps(told(**rest, TIMES=0, VALUE=1, TAP=10))["registers"] == 16


def test_a_rotator_costs_by_its_banks() -> None:
    assert fronts.turn(told(BANKS_Y=2, BANKS_X=3, TILE=28)) == {"2 x 3": 168.0, "more": 0.0}
    assert fronts.turn(told(BANKS_Y=1, BANKS_X=8, TILE=1))["more"] == 16


def test_rows_are_read_in_two_cycles() -> None:
    rest = {"LANE_BITS": 1, "OY_BITS": 1, "OX_BITS": 1, "VALUE": 3}
    lanes = {"CHANNELS": 4, "BANKS_Y": 1, "BANKS_X": 1}
    assert fronts.synapse(told(ROW=16, CODE=0, WEIGHT=4, COLUMN=0, **rest))["registers"] == 28
    assert fronts.synapse(told(ROW=8, CODE=2, WEIGHT=8, COLUMN=9, **rest))["registers"] == 44
    deep = {"ROW": 16, "CODE": 0, "WEIGHT": 4, "COLUMN": 9, "W_BITS": 13, **rest}
    assert [fronts.synapse(told(**deep, **lanes | {"BANKS_X": banks}))["registers"] for banks in (1, 2)] == [25, 28]


def test_fronts_grow_with_their_addresses() -> None:
    rest = {
        "S_BITS": 4,
        "GROUPS": 2,
        "GROUP_BITS": 1,
        "TILE_BITS": 1,
        "RY_BITS": 3,
        "RX_BITS": 3,
        "NEXT_COLUMN": 1,
        "VALUE": 1,
    }
    small, large = (fronts.front(told(W_BITS=bits, **rest)) for bits in (6, 9))
    assert large["weights"] > small["weights"] and large["registers"] == small["registers"] + 3


def test_the_rest() -> None:
    assert fronts.order(told(Y_SIZE=1, X_SIZE=1, C_BITS=3, Y_BITS=1, BITS=3, NEXT=0, PLACE=4, VALUE=1))["made"] == 0
    assert fronts.memory(told(MEMORY=0)) == {"loaded": 0.0} and fronts.memory(told(MEMORY=3)) == {"loaded": 1.0}
    loader = fronts.loader(told(LOAD_ROW=64, LOAD_ADDRESS=10, MEMORIES=20))
    assert loader["words"] == 2 and loader["registers"] == 134
    sizes = {"C_SIZE": 1, "Y_SIZE": 8, "X_SIZE": 8, "C_BITS": 1, "Y_BITS": 3, "X_BITS": 3, "LEVEL": 8, "VALUE": 8}
    assert (
        fronts.encode_values(told(TIMES=4, **sizes))["value"] == 0
        and fronts.encode_values(told(TIMES=3, **sizes))["value"] == 8
    )
    assert fronts.encode_steps(told(N_BITS=6, STEP_BITS=2, **sizes))["tables"] == 8
    lists = dict.fromkeys(
        (
            "SEAT",
            "W_BITS",
            "S_BITS",
            "LIST_BITS",
            "COUNT_BITS",
            "ROW_BITS",
            "COLUMN_BITS",
            "GROUP_BITS",
            "TY_BITS",
            "TX_BITS",
        ),
        2,
    )
    lists |= dict.fromkeys(
        (
            "VALUE",
            "LANE_BITS",
            "OY_BITS",
            "OX_BITS",
            "RY_BITS",
            "RX_BITS",
            "DOWN",
            "ACROSS",
            "CHANNELS",
            "BANKS_Y",
            "BANKS_X",
            "EACH",
            "TILE_BITS",
        ),
        1,
    )
    assert fronts.list_front(told(**lists))["seated"] == 2
    far = lists | {"ROW_BITS": 3, "COLUMN_BITS": 3, "S_BITS": 14, "DOWN": 400}
    found = [
        fronts.list_front(told(family, **far | {"ACROSS": each}))["multipliers"]
        for family in ("ecp5", "xc7")
        for each in (50, 16)
    ]
    near = far | {"ROW_BITS": 2, "DOWN": 3}
    assert found == [2, 1, 2, 1] and [
        fronts.list_front(told(family, **near))["multipliers"] for family in ("ecp5", "xc7")
    ] == [1, 0]
    names = (
        "P",
        "LEAK",
        "GROUPS",
        "IN_BITS",
        "N_BITS",
        "G_BITS",
        "STEP_BITS",
        "WORD",
        "POTENTIAL",
        "THRESHOLD",
        "INHIBITION",
        "D_BITS",
        "WEIGHT",
    )
    assert fronts.winners(told(**dict.fromkeys(names, 4)))["word"] == 16
