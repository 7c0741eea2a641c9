"""Arguments by their names in ATen's schema."""

from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.exported.call import AtenCall


def test_what_is_none_or_left_out_has_a_default() -> None:
    call = AtenCall("op", "op", Builder(), None, {"self": 1, "alpha": None, "keep": False})
    assert call.first == "self" and call.given("alpha") is None
    assert call.get("alpha", 2) == 2 and call.get("beta", 3) == 3 and call.get("keep", True) is False
