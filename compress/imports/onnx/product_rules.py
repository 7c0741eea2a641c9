"""Einsum of ONNX."""

import torch

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.steps import ImportedValue


def einsum(call: OnnxCall) -> ImportedValue:
    """Einsum of values and constants: a Linear where it is one, else a function; the batch stays in front."""
    terms, result = _terms(str(call.attr("equation", "")), len(call.inputs))
    batch = _batch(call, terms, result)
    values = [place for place, one in enumerate(call.inputs) if isinstance(one, ImportedValue)]
    if len(call.inputs) == 2 and len(values) == 1 and _is_linear(terms, result, values[0], batch):
        matrix = call.weight(1 - values[0])
        weight = matrix if terms[1 - values[0]][0] == result[1] else matrix.T
        return call.layer(layers.linear(weight, None), call.value(values[0]))
    operands = [call.value(place) if place in values else call.weight(place) for place in range(len(call.inputs))]
    return call.function(torch.einsum, f"{','.join(terms)}->{result}", *operands)


def _terms(equation: str, count: int) -> tuple[list[str], str]:
    """The letters of each argument and of the result; those of an implied result are all that stand once, in order."""
    left, arrow, result = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != count or not all(one.isalpha() or one == "." for one in "".join(terms) + result):
        raise Damaged(f"the equation {equation!r} for {count} values")
    if not arrow:
        letters = "".join(terms).replace(".", "")
        result = "..." * ("..." in left) + "".join(sorted(one for one in letters if letters.count(one) == 1))
    return terms, result


def _batch(call: OnnxCall, terms: list[str], result: str) -> str:
    """The letter of the batch, or "..."; it must be the first of each value and of the result, and of no constant."""
    firsts = {
        "..." if term.startswith("...") else term[:1]
        for term, one in zip(terms, call.inputs, strict=True)
        if isinstance(one, ImportedValue)
    }
    constants = [term for term, one in zip(terms, call.inputs, strict=True) if not isinstance(one, ImportedValue)]
    first = firsts.pop() if len(firsts) == 1 else ""
    kept = first and result.startswith(first) and not any(first in term for term in constants)
    if not kept or any(term.count(first) > 1 for term in terms):
        raise Unsupported(f"the product {','.join(terms)}->{result}, which mixes images of the batch", "x @ weight")
    return first


def _is_linear(terms: list[str], result: str, value: int, batch: str) -> bool:
    """Whether it is (batch, in) times (in, out) or (out, in), with two letters everywhere."""
    constant = terms[1 - value]
    if batch == "..." or not len(terms[value]) == len(result) == len(constant) == 2:
        return False
    inner = terms[value][1]
    return result[1] != inner and set(constant) == {inner, result[1]}
