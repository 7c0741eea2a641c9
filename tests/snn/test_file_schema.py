"""The schema of network files: records from their fields, told apart by their type."""

from dataclasses import dataclass, fields

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from spikewright.snn import IF, LIF, QuantReLU
from spikewright.snn.file_schema import FAMILIES, _of_record, network_schema
from spikewright.snn.plain import tag_of

SCHEMA = network_schema()


def fault(family: str, node: dict) -> str:
    schema = {"$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{family}"}
    error = best_match(Draft202012Validator(schema).iter_errors(node))
    return error.message if error else ""


def test_it_is_a_schema_and_every_record_stands_in_it() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for family, records in FAMILIES.items():
        assert SCHEMA["$defs"][family]["properties"]["type"]["enum"] == [tag_of(record) for record in records]
        for record in records:
            known = SCHEMA["$defs"][tag_of(record)]["properties"].keys()
            assert known == {"type", *(field.name for field in fields(record))}


def test_what_has_no_default_is_required() -> None:
    required = {record: SCHEMA["$defs"][tag_of(record)]["required"] for record in (IF, LIF, QuantReLU)}
    assert required == {
        IF: ["type", "threshold"],
        LIF: ["type", "threshold", "leak"],
        QuantReLU: ["type", "multiplier", "shift", "levels"],
    }


@pytest.mark.parametrize(
    ("family", "node", "words"),
    [
        ("neuron", {"type": "IF", "threshold": 1.0}, ""),
        ("neuron", {"type": "IF", "threshold": {"tensor": "t"}, "refractory": True}, "True"),
        ("neuron", {"type": "IF", "threshold": 1.0, "reset": "off"}, "off"),
        ("neuron", {"type": "IF", "threshold": 1.0, "leak": 0.5}, "leak"),
        ("neuron", {"type": "SignedIF", "threshold": 1.0, "limit": None}, ""),
        ("synapse", {"type": "Identity", "gain": "much"}, "much"),
        ("code", {"type": "Rate", "steps": 2.5}, "2.5"),
        ("decision", {"type": "Halt"}, "Halt"),
    ],
)
def test_what_it_has_against_a_record(family: str, node: dict, words: str) -> None:
    told = fault(family, node)
    assert words in told and bool(told) == bool(words)


def test_a_field_of_an_unknown_type_is_told() -> None:
    @dataclass
    class Strange:
        field: bytes

    with pytest.raises(TypeError, match="a type in WORDS, got <class 'bytes'>"):
        _of_record(Strange)
