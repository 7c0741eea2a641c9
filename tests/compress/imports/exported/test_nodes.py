"""What a node of a program says: the operator's name, its arguments by name, and the layer that it comes from."""

import operator

import pytest
import torch
from torch import nn

from spikewright.compress.imports.errors import Unsupported
from spikewright.compress.imports.exported import nodes
from spikewright.compress.imports.steps import ImportedValue

aten = torch.ops.aten


def test_names_are_without_namespace_and_overload() -> None:
    assert nodes.name_of(aten.add_.Tensor)[0] == "add_" and nodes.name_of(operator.getitem)[0] == "getitem"


def test_arguments_by_name_with_defaults() -> None:
    found = nodes.arguments_of(aten.max_pool2d.default, (1, [2, 2]), {"ceil_mode": True})
    assert found == {"self": 1, "kernel_size": [2, 2], "stride": [], "padding": [0, 0], "dilation": [1, 1]} | {
        "ceil_mode": True
    }
    assert nodes.arguments_of(operator.add, (1, 2), {}) == {"self": 1, "other": 2}


def test_only_the_first_result_is_imported() -> None:
    value = ImportedValue("x", (2,))
    assert nodes.result_of(value, 0) is value
    with pytest.raises(Unsupported, match="result 1"):
        nodes.result_of(value, 1)


def test_labels_and_constants_have_the_paths_of_the_model() -> None:
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).eval()
    program = torch.export.export(model, (torch.zeros(2, 3),))
    calls = [node for node in program.graph.nodes if node.op == "call_function"]
    assert nodes.label_of(calls[0], program) == "0"
    held = nodes.constants_of(program)
    assert any(value is model[1].running_mean or torch.equal(value, model[1].running_mean) for value in held.values())
    assert len(held) == len(model.state_dict())
