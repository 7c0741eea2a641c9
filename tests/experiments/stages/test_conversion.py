"""The stage of conversion."""

import pytest

from spikewright import InvalidInput
from spikewright.experiments.stages.conversion import check_core
from spikewright.snn import (
    IF,
    Direct,
    Identity,
    Integrator,
    MaxGate,
    Network,
    Population,
    Projection,
    Source,
    Windows,
)


def test_what_no_core_is_built_from_is_refused_where_it_is_converted() -> None:
    gate = Population("pool", (1, 1, 1), MaxGate())
    parts = (Population("in", (1, 2, 2), Source()), Population("a", (1, 2, 2), IF(1), potential_bits=9), gate)
    projections = (Projection("in", "a", Identity(1)), Projection("a", "pool", Windows((2, 2), (2, 2))))
    last = Population("out", (1, 1, 1), Integrator(), potential_bits=9)
    network = Network(
        (*parts, last),
        (*projections, Projection("pool", "out", Identity(1))),
        "in",
        "out",
        Direct(2, 1),
        numbers="fixed",
    )
    with pytest.raises(InvalidInput, match=r"MaxGate in 'pool'.*the study builds hardware from it"):
        check_core(network)
    with pytest.raises(InvalidInput, match="fixed-point"):
        check_core(
            Network(
                (parts[0], Population("out", (1, 2, 2), Integrator())),
                (Projection("in", "out", Identity(1)),),
                "in",
                "out",
                Direct(2),
            )
        )
