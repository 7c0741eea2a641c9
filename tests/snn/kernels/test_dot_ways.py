"""Ways of the dot product: which one a processor gets. What they add is in `test_simd_dots`."""

from types import SimpleNamespace

import pytest

from spikewright.snn.kernels import dot_ways
from spikewright.snn.kernels.dot_ways import (
    DOT,
    DOTS,
    REAL_TILES,
    TILES,
    has_real_tiles,
    has_tiles,
    permits_tiles,
    way_of,
)
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


WITH_TILES = "+amx-tile,+amx-int8,+avx512vnni,+avx512bw"


@pytest.mark.parametrize("missing", ["", *WITH_TILES.split(",")])
@pytest.mark.parametrize("permits", [True, False])
def test_tiles_need_their_features_and_a_permission(missing, permits):
    """Nobody is asked for a permission that could not be used."""
    features, asked = ",".join(one for one in WITH_TILES.split(",") if one != missing), []
    found = has_tiles(features, lambda: (asked.append(1), permits)[1])
    assert found == (permits and not missing) and bool(asked) == (not missing)
    assert not has_tiles(features.replace("+", "-"), lambda: True)


@pytest.mark.parametrize(("system", "machine"), [("darwin", "arm64"), ("win32", "AMD64"), ("linux", "aarch64")])
def test_other_systems_are_not_asked(system, machine, monkeypatch):
    monkeypatch.setattr(dot_ways.sys, "platform", system)
    monkeypatch.setattr(dot_ways.platform, "machine", lambda: machine)
    monkeypatch.setattr(dot_ways.ctypes, "CDLL", lambda _: pytest.fail("nobody to ask"))
    assert not permits_tiles()


@pytest.mark.parametrize("answer", [0, -1])
def test_a_refusal_is_one(answer, monkeypatch):
    """Also where the library of the system has no such call."""
    monkeypatch.setattr(dot_ways.sys, "platform", "linux")
    monkeypatch.setattr(dot_ways.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(dot_ways.ctypes, "CDLL", lambda _: SimpleNamespace(syscall=lambda *_: answer))
    assert permits_tiles() == (answer == 0)
    monkeypatch.setattr(dot_ways.ctypes, "CDLL", lambda _: SimpleNamespace())
    assert not permits_tiles()


def test_tiles_of_this_process():
    assert TILES == (all(one[1:] in FEATURES for one in WITH_TILES.split(",")) and permits_tiles())


def test_real_tiles_need_tiles_and_a_feature():
    for tiles in (True, False):
        assert has_real_tiles("+amx-tile,+amx-bf16", tiles) == tiles
        assert not has_real_tiles("+amx-tile,-amx-bf16", tiles) and not has_real_tiles("", tiles)
    assert REAL_TILES == (TILES and "amx-bf16" in FEATURES)
