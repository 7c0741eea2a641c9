"""Records as plain values and back: nothing is lost, names of the version before stay, and only known records are built."""

import json

import numpy as np
import pytest

from spikewright.snn import FewSpikeIF, RateCode, TtfsCode
from spikewright.snn.codes import CODES
from spikewright.snn.decisions import DECISIONS
from spikewright.snn.neurons import NEURONS
from spikewright.snn.plain import RECORDS, from_plain, tag_of, tensor_names, to_plain
from spikewright.snn.synapses import SYNAPSES
from tests.snn.every_record import NETWORKS


@pytest.mark.parametrize("name", NETWORKS)
def test_there_and_back(name: str) -> None:
    tensors: dict = {}
    node = json.loads(json.dumps(to_plain(NETWORKS[name], "", tensors)))
    assert tensor_names(node) == tensors.keys()
    again: dict = {}
    assert to_plain(from_plain(node, tensors), "", again) == node
    assert all(np.array_equal(tensors[key], again[key]) for key in tensors)


def test_every_record_has_a_name_of_its_own() -> None:
    records = (*NEURONS, *CODES, *SYNAPSES, *DECISIONS)
    assert {tag_of(record) for record in records} <= RECORDS.keys() and len({tag_of(one) for one in records}) == len(
        records
    )
    assert (tag_of(RateCode), tag_of(TtfsCode), tag_of(FewSpikeIF)) == ("Rate", "Ttfs", "FewSpike")


def test_an_unknown_record_is_not_built() -> None:
    with pytest.raises(KeyError):
        from_plain({"type": "Popen", "args": "ls"}, {})
