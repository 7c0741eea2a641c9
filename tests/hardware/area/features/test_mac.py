from spikewright.hardware.area.features import mac
from tests.hardware.area.measured_modules import told


def test_a_lane_keeps_value_weight_product_and_sum() -> None:
    given = {"COMPARES": 0, "VALUE": 8, "WEIGHT": 5, "SUM": 18, "SOURCES": 1, "SHIFTS": 0}
    assert mac.lane(told("ecp5", **given))["registers"] == 44 and mac.lane(told("xc7", **given))["registers"] == 18
    assert mac.lane(told(**given | {"COMPARES": 1}))["registers"] == 24
    assert (
        mac.lane(told("xc7", **given | {"SHIFTS": 2}))["registers"] == 16
    )  # the lowest two bits of the sum are always 0


def test_choosing_among_banks_grows_with_them() -> None:
    rest = {
        "ONE": 0,
        "CHANNELS": 2,
        "BANKS_X": 1,
        "BX_BITS": 1,
        "BY_BITS": 2,
        "VALUE": 4,
        "WEIGHT": 4,
        "CODE": 0,
        "WEIGHED": 1,
        "A_BITS": 3,
        "W_BITS": 3,
    }
    few, many = (mac.source(told(BANKS_Y=banks, **rest)) for banks in (2, 4))
    assert "rows 3" not in few and many["rows 4"] == many["words"] == 16


def test_the_rest() -> None:
    counts = dict.fromkeys(
        ("GROUPS", "BLOCKS_Y", "BLOCKS_X", "G_BITS", "RY_BITS", "RX_BITS", "SOURCES", "QUEUE_BITS", "CHANNELS"), 1
    )
    assert mac.layer(told(**counts))["axes"] == 0 and mac.layer(told(**counts | {"GROUPS": 3}))["groups"] == 1
    bits = dict.fromkeys(("EY_BITS", "EX_BITS", "N_BITS", "A_BITS", "W_BITS", "T_BITS", "U_BITS", "POOL_X"), 2)
    assert mac.walk(told(LIST=1, **bits))["listed e"] == 4 and mac.walk(told(LIST=0, **bits))["counted e"] == 4
    buffer = {
        "CHANNEL_BANKS": 2,
        "BANKS_Y": 1,
        "BANKS_X": 1,
        "A_BITS": 3,
        "VALUE": 4,
        "BC_BITS": 1,
        "BY_BITS": 1,
        "BX_BITS": 1,
    }
    assert mac.buffer(told(**buffer))["banks"] == 2
    names = (
        "C_BITS",
        "Y_BITS",
        "X_BITS",
        "L_BITS",
        "LY_BITS",
        "LX_BITS",
        "CONSTANTS",
        "K_BITS",
        "BIAS",
        "SHIFT",
        "BANKS_Y",
        "BANKS_X",
        "Y_SIZE",
        "X_SIZE",
    )
    send = dict.fromkeys(names, 1) | {
        "CHANNELS": 6,
        "SUM": 12,
        "WIDTH": 10,
        "KEPT": 4,
        "MULTIPLIER": 6,
        "LEVELS": 7,
        "VALUE": 3,
    }
    assert mac.send(told(**send))["multipliers"] == 1 and mac.send(told(**send | {"LEVELS": 0}))["passed"] == 3
