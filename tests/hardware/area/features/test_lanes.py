import pytest

from spikewright.hardware.area.features import lanes
from tests.hardware.area.measured_modules import told


def a_lane(kind: str, **more: int) -> dict[str, float]:
    given = {
        "WORD": 12,
        "POTENTIAL": 11,
        "SATURATED": 11,
        "TAP": 6,
        "DRIVE": 5,
        "LEAK": 0,
        "MEMO": 1,
        "FRESH": 0,
    } | more
    return lanes.lane(told(KIND=kind, **given))


def test_flip_flops_of_a_lane_are_its_potential_twice_and_its_word() -> None:
    assert a_lane("if")["registers"] == 34  # 11 + 11 + 12: read off the module, and what both families have
    assert a_lane("if", WORD=14, POTENTIAL=9)["registers"] == 28  # highest bits of the word are equal
    assert a_lane("latched")["registers"] == 25 and a_lane("gate", FRESH=1)["registers"] == 34


@pytest.mark.parametrize("kind", ["if", "ramp", "gate", "latched", "none"])
def test_wider_words_never_have_less_of_anything(kind: str) -> None:
    small, wide = a_lane(kind, WORD=14), a_lane(kind, WORD=15)
    assert all(wide[name] >= value for name, value in small.items())


def test_laws_of_neurons_have_their_registers() -> None:
    given = {"WORD": 12, "POTENTIAL": 11, "THRESHOLD": 7}
    assert lanes.integrate_and_fire(told(**given, RESET_ZERO=0))["registers"] == 8
    assert lanes.integrate_and_fire(told(**given, RESET_ZERO=1))["registers"] == 1
    assert lanes.ternary(told(**given))["registers"] == 16
    assert lanes.signed(told(**given, COUNT=3, LIMIT=2))["registers"] == 12
    assert lanes.stepped(told(POTENTIAL=10, THRESHOLD=8, RESET_ZERO=1))["registers"] == 19
    assert lanes.deaf(told(**given, RESET_ZERO=1, MEMO=2))["registers"] == 3
    assert lanes.latched(told(**given))["registers"] == 36 + 7 + 11 + 4
    assert lanes.burst(told(THRESHOLD=5)) == {"registers": 5.0}


def test_a_ramp_shifts_or_divides_and_a_divider_has_a_stage_for_each_bit() -> None:
    assert lanes.ramp(told(POTENTIAL=11, NUMBER=3, SHIFT=2))["registers"] == 3
    assert lanes.ramp(told(POTENTIAL=11, NUMBER=3, SHIFT=-1))["registers"] == 12
    found = lanes.quotient(told(DIVIDEND=11, DIVISOR=5, LIMIT=3, BITS=2))
    assert found["registers"] + found["registers moved"] == 30
    assert lanes.gate(told(WORD=6, SENT=5, LIMIT=5, NUMBER=3, OFFSET=0, POTENTIAL=5, FRESH=0))["registers"] == 12
