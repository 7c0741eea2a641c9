"""A quick sweep visits every other point."""

from benchmarks.sweeps import DENSITIES, Sweep


def test_points() -> None:
    assert Sweep().of(DENSITIES) == DENSITIES and Sweep(quick=True).of(DENSITIES) == DENSITIES[::2]
