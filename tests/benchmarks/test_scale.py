"""A run is good where memory and speed are reached."""

from benchmarks.scale import WANTED_BYTES, WANTED_RATE, meets


def test_both_figures_have_to_be_reached() -> None:
    good = {"peak_bytes": WANTED_BYTES, "synaptic_operations_per_s_and_core": 2 * WANTED_RATE}
    assert meets(good) and not meets({**good, "peak_bytes": WANTED_BYTES + 1})
    assert not meets({**good, "synaptic_operations_per_s_and_core": WANTED_RATE})
