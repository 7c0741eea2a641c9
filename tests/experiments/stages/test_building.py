"""The stage that builds: from which networks, on which device."""

from typing import Any

import pytest

from spikewright import InvalidInput
from spikewright.experiments.stages.building import HardwareStage, built
from tests.experiments.studies.small_study import small

FIXED = {"name": "a", "recipe": "rate", "fixed": {}}


def test_all_networks_of_integers_are_built_from_unless_named() -> None:
    conversions = [FIXED, {**FIXED, "name": "b"}, {"name": "c", "recipe": "ttfs"}]
    assert built(small(conversions=conversions)) == ()
    assert built(small(conversions=conversions, hardware={})) == ("a", "b")
    assert built(small(conversions=conversions, hardware={"networks": ["b"]})) == ("b",)
    with pytest.raises(InvalidInput, match=r"try fixed: \{\}"):
        built(small(conversions=[{"name": "c", "recipe": "ttfs"}], hardware={}))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"clock_mhz": 0}, "clock_mhz to be a number above 0"),
        ({"golden": 0}, "golden to be a whole number of at least 1"),
        ({"device": "xc7a100"}, "try xc7a100t"),
        ({"device": "nowhere:BOARD"}, "No module named 'nowhere'"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        HardwareStage(**settings).check()
    assert told in str(error.value)
