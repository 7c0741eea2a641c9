"""Energy by width and size goes through the points, and grows with both."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidFile
from spikewright.hardware import estimate, time_multiplexed
from spikewright.hardware.model.sram_points import USUAL, SramPoints, usual_points
from tests.hardware.small_networks import active, perceptron

HEAD = "component,action,width_bits,words,low_pj,pj,high_pj,source\n"
sizes = st.integers(1, 2**26)
widths = st.integers(1, 512)


def test_the_points_of_horowitz_and_what_lies_between() -> None:
    points = usual_points()
    for kib, energy in ((8, 10), (32, 20), (1024, 100)):
        assert points.access_pj(kib * 8192, 64) == pytest.approx(energy)
        assert points.access_pj(kib * 8192, 8) == pytest.approx(energy / 8)
    # Four times the size from 8 KiB on is twice the energy: the square root, which goes on below.
    assert points.access_pj(2 * 8192, 64) == pytest.approx(5)
    assert points.access_pj(16 * 8192, 64) == pytest.approx(10 * 2**0.5)


@given(sizes, sizes, widths, widths)
def test_larger_and_wider_take_no_less(size: int, other: int, width: int, wider: int) -> None:
    points = usual_points()
    (small, large), (narrow, wide) = sorted((size, other)), sorted((width, wider))
    assert points.access_pj(small, narrow) <= points.access_pj(large, narrow) * (1 + 1e-12)
    assert points.access_pj(large, narrow) <= points.access_pj(large, wide) * (1 + 1e-12)


def test_two_widths_are_joined_by_a_line(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(
        HEAD + "".join(f"sram,{a},{w},1024,{e},{e},{e},x\n" for a in ("read", "write") for w, e in ((8, 2), (32, 5)))
    )
    points = SramPoints.read(own)
    assert [points.access_pj(4096, bits) for bits in (4, 8, 20, 32, 64)] == pytest.approx([1, 2, 3.5, 5, 10])


def test_a_users_own_points_and_a_write_that_takes_more(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(USUAL.read_text().replace("write,64,1024,7.19,10,12.45", "write,64,1024,7,11,13"))
    network = perceptron((6, 5, 3))
    activity, point = active(network, {"in": 6, "h0": 5}), time_multiplexed(network)
    published, usual, mine = (
        estimate(network, activity, point, memory_access=how) for how in ("word", "width", str(own))
    )
    assert usual.asic45_split_nj["memory"].value < mine.asic45_split_nj["memory"].value
    assert published.asic45_split_nj["operations"] == mine.asic45_split_nj["operations"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("dram,read,64,1024,1,2,3,x\n", "expected sram, read or write"),
        ("sram,read,64,1024,1,2,3,x\n", "expected points of sram, write .* try to add a line sram,write,64,1024"),
        ("sram,read,64,1024,0,0,0,x\n", "expected a picojoule above 0"),
        ("sram,read,64,9,1,2,3,x\nsram,read,64,9,1,2,3,x\nsram,write,64,9,1,2,3,x\n", "got two of 576 bits"),
        (
            "sram,read,64,9,1,2,3,x\nsram,read,64,18,1,1,3,x\nsram,write,64,9,1,2,3,x\n",
            "expected larger memories to take no less",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(rows: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(HEAD + rows)
    with pytest.raises(InvalidFile, match=told):
        SramPoints.read(tmp_path / "own.csv")
