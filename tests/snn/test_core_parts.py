"""What a spike core can be built from, and which part of a network has none."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright.index_maps import IndexMap
from spikewright.snn import (
    IF,
    Direct,
    Identity,
    PhaseCode,
    Population,
    QuantReLU,
    RateCode,
    Separable2d,
    SpikeSelectCode,
)
from spikewright.snn.core_parts import core_rows, lacking
from spikewright.snn.running import InputRange, Run, TwoPhase
from tests.snn.small import chain, single

SHAPES = ((2,), (2,))


def _quantised(code, synapse=None, shapes=SHAPES, **fields):
    return single(shapes, QuantReLU(1.0, 0, 3), synapse or Identity(), code, **fields)


def _squares():
    return _quantised(Direct(1), Separable2d(np.eye(2), np.eye(2)), ((1, 2, 2), (1, 2, 2)))


def test_a_network_of_known_parts_lacks_nothing() -> None:
    whole = single(SHAPES, IF(1.0), Identity(), RateCode(3))
    assert lacking(whole) == () and core_rows(whole) == ()


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (single(SHAPES, IF(1.0), Identity(), SpikeSelectCode(3)), "got SpikeSelectCode; try Rate or Quantized"),
        (single(SHAPES, IF(1.0), Identity(), Direct(3, window=2)), "got a window of 2 steps"),
        (_quantised(RateCode(1)), "expected the code Direct in hardware, got RateCode; try Quantized"),
        (
            _quantised(Direct(1), order=IndexMap.of((2,), np.array([1, 0]))),
            "no order in a MAC core, got IndexMap((2,) -> (2,)) in projection 'in->a'",
        ),
        (_squares(), "no Separable2d in a MAC core, got projection 'in->a'; try Rate, or a Conv2d"),
        (
            single(SHAPES, IF(1.0), Identity(), PhaseCode(3), readout="count"),
            'in hardware, got "count"; try an Integrator',
        ),
        (single(SHAPES, IF(1.0), Identity(), RateCode(2**16)), "at most 65535 steps in hardware, got 65536"),
        (single(SHAPES, IF(1.0), Identity(), RateCode(3), run=Run(phases=TwoPhase("srp", 2))), "the pre-steps of srp"),
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
    order = IndexMap.of((2,), np.array([1, 0]))
    many = chain(Population("a", (2,), QuantReLU(1.0, 0, 3)), Direct(1), size=2)
    many = replace(many, projections=tuple(replace(q, order=order) for q in many.projections))
    (row,) = core_rows(many)
    assert len(lacking(many)) == 2 and "another order (in in->a, a->out)" in row.detail


def test_a_core_says_that_it_does_not_know_what_its_numbers_mean() -> None:
    (row,) = core_rows(single(SHAPES, IF(1.0), Identity(), RateCode(3)).with_head("values"))
    assert "only this network says" in row.detail


def test_of_a_range_of_inputs_a_note_says_what_a_core_takes() -> None:
    network = single(SHAPES, IF(1.0), Identity(), RateCode(3), run=Run(input_range=InputRange(-1, 1.5)))
    assert not lacking(network)
    (row,) = core_rows(network)
    assert row.action == "note" and "takes (input - (-1)) / 2.5, in [0, 1]" in row.detail
