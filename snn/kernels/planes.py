"""Planes: where what arrives at a population is summed, step by step."""

from typing import Any, NamedTuple

from numpy.typing import NDArray

from spikewright.snn.kernels.jit import inlined


class Planes(NamedTuple):
    """`sums (samples, planes, neurons)`: a plane for each step, or a single one that all steps add to.

    `fresh`: each plane is set before its step is added, to `begin (samples, 1, neurons)`, or to zero where that has no
    neurons; else what it holds is added to.
    """

    sums: NDArray[Any]
    begin: NDArray[Any]
    fresh: bool


def added_to(sums: NDArray[Any]) -> Planes:
    """Planes that hold something already."""
    return Planes(sums, sums[:, :1, :0].copy(), False)


def emptied(sums: NDArray[Any]) -> Planes:
    """Planes that begin at zero, whatever they hold."""
    return Planes(sums, sums[:, :1, :0].copy(), True)


@inlined
def begin_plane(plane, begin, s):
    """A fresh plane of sample s."""
    if begin.shape[2]:
        plane[:] = begin[s, 0]
    else:
        plane[:] = 0


@inlined
def plane_of(planes, s, t):
    """The plane of step t, begun where it is fresh."""
    plane = planes.sums[s, min(t, planes.sums.shape[1] - 1)]
    if planes.fresh and t < planes.sums.shape[1]:
        begin_plane(plane, planes.begin, s)
    return plane
