from spikewright.hardware.area.features import control
from tests.hardware.area.measured_modules import told


def test_places_of_lanes_cost_a_term_for_each_bit_that_is_set() -> None:
    rest = {"BANKS_X": 1, "APART": 1, "NUMBER": 1, "C_BITS": 3, "Y_BITS": 1, "X_BITS": 1}
    found = control.spikes(told(LANES=4, CHANNELS=4, **rest))
    assert found["ones"] == 0 + 1 + 1 + 2 and found["axes"] == 1 and found["added"] == 3


def test_lanes_beyond_the_edge_of_a_map_are_counted() -> None:
    rest = {
        "CHANNELS": 4,
        "BANKS_Y": 1,
        "BANKS_X": 1,
        "GROUPS": 2,
        "BLOCKS_Y": 1,
        "BLOCKS_X": 1,
        "APART": 1,
        "Y_SIZE": 1,
        "X_SIZE": 1,
    }
    rest |= {
        "R_BITS": 1,
        "K_BITS": 1,
        "NUMBER": 1,
        "LATE": 0,
        "HELD": 0,
        "CURRENT": 1,
        "POTENTIAL": 9,
        "DRIVEN_ONCE": 0,
        "WEIGHED": 0,
        "DRIVE": 2,
    }
    rest |= {"TAP": 4, "PHASE_BITS": 1, "SOURCES": 1, "MEMO": 0, "STEPS": 2}
    whole, cut = (control.array(told(KIND="if", C_SIZE=size, **rest)) for size in (8, 6))
    assert whole["edge lanes"] == 0 and cut["edge lanes"] == 2
    assert control.array(told(KIND="none", C_SIZE=6, **rest))["edge lanes"] == 0


def test_small_modules() -> None:
    assert control.delay(told(WIDTH=7, CYCLES=3)) == {"registers": 21.0}
    assert control.core(told(FORKED=7, JOINED=40)) == {"forked": 7, "joined": 40}
    assert control.begins(told(TOKENS=1, BITS=1))["bits"] == 0 and control.gate(told(TOKENS=5, BITS=3))["bits"] == 3
    assert control.frame(told(COUNT=9, BITS=4))["bits"] == 4
    assert control.step_value(told(STEPS=4, STEP_BITS=2, VALUE=3))["value"] == 3
    wide = {"S_BITS": 3, "OY_BITS": 1, "OX_BITS": 1, "RY_BITS": 2, "RX_BITS": 2, "SEATS": 1}
    assert (
        control.grant(told(SOURCES=1, **wide))["one"] == 1
        and control.grant(told(SOURCES=3, **wide))["chosen from 3"] == 10
    )


def test_what_is_counted_costs() -> None:
    rest = {
        "SOURCES": 1,
        "R_BITS": 3,
        "C_BITS": 3,
        "Y_BITS": 1,
        "X_BITS": 1,
        "STEP_BITS": 2,
        "TOKENS": 1,
        "TOKEN_BITS": 1,
        "HELD": 0,
    }
    rest |= {
        "CONSTANTS": 1,
        "PHASES": 1,
        "PHASE_BITS": 1,
        "STEPPED": 0,
        "K_BITS": 1,
        "READS": 0,
        "DRIVEN_ONCE": 0,
        "FIRES": 1,
        "SETTLE": 5,
        "QUEUE": 8,
        "C_STEP": 1,
        "BANKS_Y": 1,
        "BANKS_X": 1,
        "BLOCKS_Y": 1,
        "BLOCKS_X": 1,
    }
    one, many = (control.sequencer(told(GROUPS=groups, STEPS=groups, **rest)) for groups in (1, 5))
    assert one["c"] == one["step"] == one["block"] == 0 and (many["c"], many["step"], many["block"]) == (3, 2, 3)
    walk = {
        "C_SIZE": 5,
        "Y_SIZE": 1,
        "X_SIZE": 1,
        "C_BITS": 3,
        "Y_BITS": 1,
        "X_BITS": 1,
        "LOGIT": 9,
        "CLASS_BITS": 3,
        "ANSWER": 10,
    }
    assert control.decide(told(**walk, STEPS=1, STEP_BITS=1, RULE=1, EACH=1, HEIGHT=3))["walk"] == 3
