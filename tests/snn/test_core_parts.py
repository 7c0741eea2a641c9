"""What a spike core can be built from, and which part of a network has none."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright.index_maps import IndexMap
from spikewright.snn import IF, Burst, Direct, Identity, Poisson, Population, RateCode, TerminateMax
from spikewright.snn.core_parts import core_rows, lacking
from tests.snn.small import chain, single

SHAPES = ((2,), (2,))


def test_a_network_of_known_parts_lacks_nothing() -> None:
    whole = single(SHAPES, IF(1.0), Identity(), RateCode(3))
    assert lacking(whole) == () and core_rows(whole) == ()


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (single(SHAPES, Burst(1.0, 2), Identity(), RateCode(3)), "got Burst in 'a'; try Rate with neuron='if'"),
        (
            single(SHAPES, IF(1.0, refractory=2), Identity(), RateCode(3)),
            "no refractory steps in hardware, got 2 in 'a'",
        ),
        (single(((1, 2, 2), (1, 2, 2)), IF(np.ones((1, 2, 2))), Identity(), RateCode(3)), "got one a neuron in 'a'"),
        (single(SHAPES, IF(1.0), Identity(), RateCode(3), delay=1), "no delay in hardware, got 1 steps"),
        (
            single(SHAPES, IF(1.0), Identity(), RateCode(3), order=IndexMap.of((2,), np.array([1, 0]))),
            "got the order IndexMap((2,) -> (2,)) of projection 'in->a'; try whole channels",
        ),
        (single(SHAPES, IF(1.0), Identity(), Poisson(3)), "the code Direct or RateCode in hardware, got Poisson"),
        (single(SHAPES, IF(1.0), Identity(), Direct(3, window=2)), "got a window of 2 steps"),
        (single(SHAPES, IF(1.0), Identity(), RateCode(3), decision=TerminateMax(1)), "no early decision in hardware"),
    ],
)
def test_what_lacks_is_named(network, words) -> None:
    (lack,) = lacking(network)
    (row,) = core_rows(network)
    assert words in str(lack) and lack.substitute and row.layer == lack.part
    assert (
        row.action == "warning" and row.detail == f"converts, but hardware refuses: {lack.what}; try {lack.substitute}"
    )


def test_a_row_names_a_few_parts() -> None:
    many = chain(Population("a", (2,), Burst(1.0, 2)), Poisson(3), size=2)
    many = replace(many, projections=tuple(replace(q, delay=2) for q in many.projections))
    many = replace(many, populations=tuple(replace(p, name=p.name) for p in many.populations))
    found = core_rows(many)
    assert len(lacking(many)) > len(found) == len({lack.what for lack in lacking(many)})


def test_a_core_says_that_it_does_not_know_what_its_numbers_mean() -> None:
    (row,) = core_rows(single(SHAPES, IF(1.0), Identity(), RateCode(3)).with_head("values"))
    assert "only this network says" in row.detail
