"""Every record of the data model is in the schema, survives a file, and is refused when a file says nonsense about it."""

import json
from dataclasses import MISSING, fields, is_dataclass

import pytest
from safetensors.numpy import load_file, save_file

from spikewright import InvalidFile
from spikewright.snn import Network
from spikewright.snn.file_schema import network_schema
from spikewright.snn.plain import RECORDS, to_plain
from tests.snn.every_record import NETWORKS, RANGED, TWO_PHASES

SAVED = NETWORKS | {"TwoPhase": TWO_PHASES, "InputRange": RANGED}

SCHEMA = network_schema()["$defs"]


def types_in(node):
    """The names of all records that a plain value holds."""
    if isinstance(node, dict):
        return {node["type"]}.union(*map(types_in, node.values())) if "type" in node else set()
    return set().union(*map(types_in, node)) if isinstance(node, list) else set()


def plain(network):
    tensors = {}
    return to_plain(network, "", tensors), {name: array.tobytes() for name, array in tensors.items()}


def test_the_table_has_every_record():
    """A record that is added and not put into the table fails here."""
    assert set().union(*(types_in(plain(network)[0]) for network in SAVED.values())) == set(RECORDS)


@pytest.mark.parametrize("name", SAVED)
def test_every_record_survives(tmp_path, name):
    SAVED[name].save(tmp_path / "one")
    again = Network.load(tmp_path / "one")
    again.save(tmp_path / "two")
    assert plain(again) == plain(SAVED[name])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("name", RECORDS)
def test_schema_has_the_fields_of_the_record(name):
    """All of them, those with a default optional: a file of an older release has fewer."""
    record, schema = RECORDS[name], SCHEMA[name]
    assert is_dataclass(record)
    assert set(schema["properties"]) == {"type"} | {field.name for field in fields(record)}
    needed = {f.name for f in fields(record) if f.default is MISSING and f.default_factory is MISSING}
    assert set(schema["required"]) == {"type"} | needed
    assert schema["additionalProperties"] is False


def rewritten(network, path, edit):
    """The file of `network` after `edit` changed the plain network of its header."""
    network.save(path)
    content = path.read_bytes()
    header = json.loads(
        json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]["spikewright"]
    )
    edit(header["network"])
    tensors = load_file(path)
    save_file(tensors, path, {"spikewright": json.dumps(header)})
    return path


def old_fields(network):
    """What the first version of the format did not have."""
    network.pop("decision")
    network.pop("run")
    network["code"].pop("window", None)
    for projection in network["projections"]:
        projection.pop("delay")
    for population in network["populations"]:
        population["neuron"].pop("refractory", None)
        population.pop("amplitude", None)


def test_files_of_the_first_version_load(tmp_path):
    for name in ("IF", "LIF", "QuantReLU"):
        again = Network.load(rewritten(NETWORKS[name], tmp_path / "n", old_fields))
        assert plain(again) == plain(NETWORKS[name])


def code(**change):
    return lambda network: network["code"].update(change)


def neuron(**change):
    return lambda network: network["populations"][1]["neuron"].update(change)


def synapse(**change):
    return lambda network: network["projections"][1]["synapse"].update(change)


HOSTILE = {
    "delay beyond sense": ("delay", lambda n: n["projections"][-1].update(delay=10**15), "1000000"),
    "true as delay": ("delay", lambda n: n["projections"][-1].update(delay=True), "True"),
    "circle without delay": ("delay", lambda n: n["projections"][-1].update(delay=0), "cycle"),
    "refractory beyond sense": ("refractory", neuron(refractory=2**62), "1000000"),
    "steps of a period beyond sense": ("Phase", code(periods=10**6), "1000000"),
    "a period that no integer holds": ("Phase", code(period=64), "16"),
    "a million spikes a step": ("Bursts", code(limit=10**6), "127"),
    "real steps": ("Rate", code(steps=2.5), "2.5"),
    "steps that only look whole": ("Rate", code(steps=2.0), "steps"),
    "negative seed": ("Poisson", code(seed=-1), "-1"),
    "probability above one": ("Poisson", code(probability=1.5), "1.5"),
    "microseconds that are none": ("AddressEvents", code(step_us=0), "0"),
    "upsampling beyond the address space": ("Upsample", synapse(factor=[65536, 65536]), "65535"),
    "upsampling beyond the shape": ("Upsample", synapse(factor=[60000, 60000]), "expected"),
    "padding beyond sense": ("ConvTranspose2d", synapse(output_padding=[2**40, 0]), "65535"),
    "kernel of nothing": ("MaxGate", synapse(kernel=[0, 0]), "expected"),
    "stride of nothing": ("Conv1d", synapse(stride=0), "expected"),
    "a window longer than the run": ("Direct", code(window=10**6), "window"),
    "negative limit": ("SignedIF", neuron(limit=-1), "-1"),
    "an amplitude of no channel": (
        "IF",
        lambda n: n["populations"][1].update(amplitude={"tensor": "projections/0/synapse/weights"}),
        "amplitude",
    ),
    "unknown decision": ("TerminateMax", lambda n: n["decision"].update(type="Halt"), "Halt"),
    "a lead of zero": ("TerminateDelta", lambda n: n["decision"].update(lead=0), "lead"),
    "a code in place of a decision": (
        "TerminateMax",
        lambda n: n.update(decision={"type": "Rate", "steps": 3}),
        "Rate",
    ),
    "a synapse in place of a neuron": ("IF", neuron(type="Identity"), "Identity"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nonsense_about_a_record_is_refused(tmp_path, name):
    base, edit, part = HOSTILE[name]
    with pytest.raises(InvalidFile, match=part):
        Network.load(rewritten(NETWORKS[base], tmp_path / "n", edit))
