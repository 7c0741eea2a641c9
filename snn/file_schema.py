"""The JSON schema of a network in a file: `network.schema.json` for the frame, and each record from the types of its fields.

A schema says what kinds of values stand where; whether numbers make sense is for the record, which checks itself.
"""

import json
from dataclasses import MISSING, Field, fields
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from spikewright.snn.codes import CODES
from spikewright.snn.decisions import DECISIONS
from spikewright.snn.neurons import NEURONS, PerChannel
from spikewright.snn.plain import tag_of
from spikewright.snn.synapses import SYNAPSES, Matrix, Pair
from spikewright.weights import Expression

Json = dict[str, Any]
FAMILIES: dict[str, tuple[type, ...]] = {"neuron": NEURONS, "synapse": SYNAPSES, "code": CODES, "decision": DECISIONS}
WORDS: dict[Any, Json] = {
    int: {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    float: {"type": "number"},
    PerChannel: {"$ref": "#/$defs/numbers"},
    Pair: {"$ref": "#/$defs/pair"},
    Matrix: {"$ref": "#/$defs/tensor"},
    tuple[float, ...]: {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 65536},
    Expression: {"$ref": "#/$defs/storage"},
    NoneType: {"type": "null"},
}
"""The types that fields of records may have."""


def network_schema() -> Json:
    """The schema of a header, `{"format", "version", "network"}`."""
    schema: Json = json.loads(Path(__file__).with_name("network.schema.json").read_text())
    for family, records in FAMILIES.items():
        schema["$defs"][family] = _one_of(records)
        schema["$defs"].update({tag_of(record): _of_record(record) for record in records})
    return schema


def _one_of(records: tuple[type, ...]) -> Json:
    """Any of some records, told apart by their "type", so that an error names what is wrong with the one that is meant."""
    tags = [tag_of(record) for record in records]
    chosen = [{"if": {"properties": {"type": {"const": tag}}}, "then": {"$ref": f"#/$defs/{tag}"}} for tag in tags]
    return {"type": "object", "required": ["type"], "properties": {"type": {"enum": tags}}, "allOf": chosen}


def _of_record(record: Any) -> Json:
    parts: tuple[Field[Any], ...] = fields(record)
    return {
        "type": "object",
        "properties": {"type": {"const": tag_of(record)}, **{part.name: _of_type(part.type) for part in parts}},
        "required": ["type", *(part.name for part in parts if part.default is MISSING)],
        "additionalProperties": False,
    }


def _of_type(kind: Any) -> Json:
    if kind in WORDS:
        return WORDS[kind]
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if isinstance(kind, UnionType):
        return {"anyOf": [_of_type(one) for one in get_args(kind)]}
    raise TypeError(f"expected a field of a type in WORDS, got {kind}; try an entry there")
