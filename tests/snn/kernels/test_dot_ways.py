"""Ways of the dot product: which one a processor gets. What they add is in `test_simd_dots`."""

import pytest

from spikewright.snn.kernels.dot_ways import DOT, DOTS, way_of
from tests.snn.kernels.test_simd_dots import FEATURES


@pytest.mark.parametrize(
    ("features", "way"),
    [
        ("", "plain"),
        ("+sse4.2,-avx2", "plain"),
        ("+avx2,-avx512f", "pairs halves"),
        ("+avx2,+avx512bw,-avx512vnni", "pairs"),
        ("+avx2,+avxvnni", "vnni halves"),
        ("+avx512vnni,+avx512bw,+avxvnni,+avx2", "vnni"),
        ("-avx512vnni,-dotprod", "plain"),
        ("+neon,+dotprod", "arm"),
    ],
)
def test_the_way_of_a_processor(features, way):
    assert way_of(features) == way


def test_the_way_of_this_process_is_the_first_that_runs():
    assert DOT == next(name for name in DOTS if not DOTS[name].needs or FEATURES & {*DOTS[name].needs})
    assert [name for name, way in DOTS.items() if not way.needs] == ["plain"]
    assert all(0 < way.most <= 255 for way in DOTS.values())
