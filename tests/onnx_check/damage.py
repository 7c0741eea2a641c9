"""ONNX files with damaged bytes and with faults: an error of one sentence, in bounded time and memory."""

import resource
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper

from spikewright import SpikewrightError
from spikewright.compress import from_onnx, from_quantized_onnx
from tests.compress.imports.onnx.quantised_graphs import OPERATORS, QDQ, constants, quantised
from tests.onnx_check.drawing import drawn

SECONDS, GIGABYTES = 20.0, 6
"""The processor time that a file may take, and the memory that the whole process may have."""
DATA = "weights.bin"
HEADS = (*[None] * 8, 0, -1, 3, "nowhere", "n1_0", [0, 0], {"one": 0}, [], True)
"""What is asked for of the outputs: mostly nothing."""


@cache
def sound() -> tuple[tuple[bytes, bytes], ...]:
    """Files that can be read, each with what lies beside it: drawn ones, quantised ones, with functions, with weights outside."""
    models = [drawn(seed).model for seed in range(12)]
    models += [
        quantised(form, constants(kind, True, "uint8")) for form in (QDQ, OPERATORS) for kind in ("int8", "uint8")
    ]
    models.append(_with_function())
    kept = [(model.SerializeToString(), b"") for model in models]
    return (*kept, *(_outside(drawn(seed).model) for seed in (3, 5, 8)))


def _with_function() -> onnx.ModelProto:
    model = drawn(4).model
    opsets = [helper.make_opsetid("", model.opset_import[0].version), helper.make_opsetid("local", 1)]
    twice = [helper.make_node("Add", ["a", "a"], ["b"])]
    model.functions.append(helper.make_function("local", "Twice", ["a"], ["b"], twice, opsets))
    model.opset_import.append(opsets[1])
    model.graph.node.append(helper.make_node("Twice", [model.graph.output[0].name], ["end"], domain="local"))
    model.graph.output[0].name = "end"
    return model


def _outside(model: onnx.ModelProto) -> tuple[bytes, bytes]:
    """The model with its tensors in another file."""
    data = b""
    for tensor in model.graph.initializer:
        places = {"location": DATA, "offset": str(len(data)), "length": str(len(tensor.raw_data))}
        data += tensor.raw_data
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in places.items():
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value
    return model.SerializeToString(), data


def damaged(seed: int) -> tuple[bytes, bytes]:
    """The file of that seed, and what lies beside it."""
    rng = np.random.default_rng((11, seed))
    content, beside = sound()[int(rng.integers(len(sound())))]
    if rng.random() < 0.2:
        return _broken(content, rng), beside
    if rng.random() < 0.4:
        return _contradicting(content, rng), beside
    if beside and rng.random() < 0.2:
        return content, _harmed(beside, rng)
    return _harmed(content, rng), beside


def _harmed(content: bytes, rng: np.random.Generator) -> bytes:
    array = bytearray(content)
    start, kind = int(rng.integers(len(array))), int(rng.integers(6))
    if kind == 0:
        return bytes(array[:start])
    if kind in (1, 2):
        for place in rng.integers(len(array), size=int(rng.integers(1, 5))):
            array[place] = int(rng.integers(256)) if kind == 1 else array[place] ^ (1 << int(rng.integers(8)))
    length = int(rng.integers(1, 40))
    if kind == 3:
        array[start : start + length] = b""
    if kind == 4:
        array[start : start + length] = bytes([int(rng.choice([0, 1, 127, 128, 255]))]) * length
    if kind == 5:
        source = int(rng.integers(len(array)))
        array[start:start] = array[source : source + length]
    return bytes(array)


def _contradicting(content: bytes, rng: np.random.Generator) -> bytes:
    """A file that can be parsed, of which some nodes, tensors or sizes say something else."""
    model = onnx.load_model_from_string(content)
    nodes, tensors = model.graph.node, model.graph.initializer
    for _ in range(int(rng.integers(1, 4))):
        node, tensor = nodes[int(rng.integers(len(nodes)))], tensors[int(rng.integers(len(tensors)))]
        kind, number = int(rng.integers(8)), int(rng.choice(_STRANGE))
        if kind == 0 and node.attribute:
            _misuse(node.attribute[int(rng.integers(len(node.attribute)))], number, rng)
        elif kind == 1 and tensor.dims:
            tensor.dims[int(rng.integers(len(tensor.dims)))] = number
        elif kind == 2 and node.input:
            node.input[int(rng.integers(len(node.input)))] = nodes[int(rng.integers(len(nodes)))].output[0]
        elif kind == 3:
            node.op_type = nodes[int(rng.integers(len(nodes)))].op_type
        elif kind == 4:
            tensor.data_type = int(rng.integers(24))
        elif kind == 5 and tensor.raw_data:
            wild = np.frombuffer(tensor.raw_data, np.uint8).copy()
            wild[int(rng.integers(len(wild)))] = int(rng.integers(256))
            tensor.raw_data = wild.tobytes()
        elif kind == 6 and node.input:
            del node.input[int(rng.integers(len(node.input)))]
        else:
            model.opset_import[0].version = int(rng.integers(0, 30))
    return bytes(model.SerializeToString())


def _broken(content: bytes, rng: np.random.Generator) -> bytes:
    """A file with one fault that each graph can have."""
    model = onnx.load_model_from_string(content)
    FAULTS[int(rng.integers(len(FAULTS)))](model, rng)
    return bytes(model.SerializeToString())


def _twice(model: onnx.ModelProto, rng: np.random.Generator) -> None:
    kept = model.graph.initializer
    kept.append(kept[int(rng.integers(len(kept)))])


def _made_twice(model: onnx.ModelProto, rng: np.random.Generator) -> None:
    nodes = model.graph.node
    nodes[int(rng.integers(len(nodes)))].output[0] = nodes[int(rng.integers(len(nodes)))].output[0]


def _cycle(model: onnx.ModelProto, rng: np.random.Generator) -> None:
    model.graph.node[0].input[0] = model.graph.node[int(rng.integers(len(model.graph.node)))].output[0]


def _recursive(model: onnx.ModelProto, rng: np.random.Generator) -> None:
    """Functions that call each other, or themselves."""
    opsets = [helper.make_opsetid("", model.opset_import[0].version), helper.make_opsetid("loop", 1)]
    for own, other in (("A", "B"), ("B", str(rng.choice(["A", "B"])))):
        body = [helper.make_node(other, ["a"], ["b"], domain="loop")]
        model.functions.append(helper.make_function("loop", own, ["a"], ["b"], body, opsets))
    model.opset_import.append(opsets[1])
    last = model.graph.output[0].name
    model.graph.node.append(helper.make_node("A", [last], ["looped"], domain="loop"))
    model.graph.output[0].name = "looped"


def _exploding(model: onnx.ModelProto, rng: np.random.Generator) -> None:
    """A constant that doubles and doubles, or is expanded to what no memory holds."""
    many = [int(one) for one in rng.choice([1 << 10, 1 << 20, 1 << 31], 2)]
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.ones((1, 1), np.float32), "small"))
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array(many, np.int64), "sizes"))
    made = [helper.make_node(str(rng.choice(["Expand", "Tile"])), ["small", "sizes"], ["grown0"])]
    for step in range(int(rng.integers(1, 40))):
        made.append(helper.make_node("Concat", [f"grown{step}"] * 2, [f"grown{step + 1}"], axis=0))
    made.append(helper.make_node("ReduceSum", [f"grown{len(made) - 1}"], ["whole"], keepdims=0))
    kept = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*made, *kept])
    model.graph.node.append(helper.make_node("Add", [model.graph.output[0].name, "whole"], ["added"]))
    model.graph.output[0].name = "added"


def _no_number(model: onnx.ModelProto, rng: np.random.Generator) -> None:
    node = model.graph.node[int(rng.integers(len(model.graph.node)))]
    wild = float(rng.choice([np.nan, np.inf, -np.inf]))
    node.attribute.append(helper.make_attribute(str(rng.choice(["alpha", "epsilon", "axis", "beta"])), wild))


def _type(model: onnx.ModelProto, rng: np.random.Generator) -> None:
    model.graph.input[0].type.tensor_type.elem_type = int(rng.integers(0, 25))


def _version(model: onnx.ModelProto, rng: np.random.Generator) -> None:
    model.opset_import[0].version = int(rng.choice([-1, 0, 5, 99, 1 << 40]))


def _heads(model: onnx.ModelProto, rng: np.random.Generator) -> None:
    """Several outputs, none, or one that nothing makes."""
    name = str(rng.choice(["nowhere", model.graph.node[0].output[0], model.graph.output[0].name]))
    if rng.random() < 0.3:
        del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info(name, 1, None))


FAULTS: tuple[Callable[[onnx.ModelProto, np.random.Generator], None], ...] = (
    *(_twice, _made_twice, _cycle, _recursive, _exploding, _no_number, _type, _version, _heads),
)
"""What a whole file may say that cannot be."""


def _misuse(attribute: onnx.AttributeProto, number: int, rng: np.random.Generator) -> None:
    """Another number, another type, or a name that nobody knows."""
    kind = int(rng.integers(4))
    if kind == 0 and attribute.ints:
        attribute.ints[int(rng.integers(len(attribute.ints)))] = number
    elif kind == 1 and attribute.ints:
        del attribute.ints[int(rng.integers(len(attribute.ints)))]
    elif kind == 2:
        attribute.s, attribute.f = b"strange", float(rng.choice([np.nan, np.inf, -1e30, 0.0]))
        attribute.type = int(rng.integers(1, 9))
    else:
        attribute.i = number


_STRANGE = (-1, 0, -(1 << 31), 1 << 31, (1 << 62) + 1, 1 << 20, 7, 2)


def outcome(seed: int, folder: Path) -> str:
    """ "read", "refused", "slow", or what was raised instead."""
    content, beside = damaged(seed)
    path = folder / "damaged.onnx"
    path.write_bytes(content)
    (folder / DATA).write_bytes(beside)
    began = _spent()
    try:
        (from_onnx if seed % 2 else from_quantized_onnx)(path, output=HEADS[seed % len(HEADS)])
        found = "read"
    except SpikewrightError as error:
        text = str(error)
        found = "refused" if "\n" not in text and len(text) < 1500 else f"seed {seed}: no sentence: {text[:200]!r}"
    except Exception as error:  # this is what is looked for
        found = f"seed {seed}: {type(error).__name__}: {str(error)[:200]}"
    spent = _spent() - began
    return found if spent < SECONDS else f"seed {seed}: {spent:.0f} s"


def _spent() -> float:
    """Processor time of this process, seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def send_outcomes(seeds: Iterable[int], folder: Path, sender: Any) -> None:
    """Send how often each happened, from a process whose memory is bounded from here on."""
    warnings.simplefilter("ignore")
    limit = GIGABYTES << 30
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
    sender.send(Counter(outcome(seed, folder) for seed in seeds))
