"""The fixed-point network on dense tensors of PyTorch, in the number types of its convolutions.

Weights are integers of 8 bits, times a number of each output channel where a shortcut asks for a finer unit, or of 16 bits as
256 times one byte plus another, in two products. What is sent are small integers, so all types hold them exactly. oneDNN adds the
products of bytes in 32 bits and gives them back as float32: sums are exact, and so are potentials below 2**24. Products of
bfloat16 are added in float32 too, but PyTorch gives sums back as bfloat16, which rounds those above 256.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.case import Case
from benchmarks.dense import Dense
from benchmarks.dense_plan import Plan
from benchmarks.dense_synapses import SYNAPSES, Current
from benchmarks.entries import Entry, Sizes, accuracy_of, agreement_columns
from benchmarks.equality import compare, event_answer
from benchmarks.peers.plain import InPlace
from benchmarks.timing import Run, fastest
from spikewright import InvalidInput
from spikewright.snn import Conv2d, Linear, Network, Population, Projection
from spikewright.snn.graded import encode_graded

Send = Callable[[Tensor], Tensor]
Way = Callable[[Projection, Tensor], Send]


class IntegerDense(Dense):
    """A synchronous fixed-point network of `IF` and `Integrator`, on dense tensors. `way`: one of `WAYS`.

    Raises InvalidInput for another kind of network, and for weights that do not fit into two bytes.
    """

    numbers = "fixed"

    def __init__(self, network: Network, plan: Plan, way: str) -> None:
        self.way = way
        super().__init__(network, InPlace(), plan)

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Potentials of the output after the last step, `(images, classes)`."""
        encoded = encode_graded(self.network.code, images.reshape(len(images), -1), fixed=True)
        return super().logits(encoded.reshape(images.shape).astype(np.float32))

    def _current(self, population: Population, scale: Tensor | None) -> Current:
        return IntegerCurrent(self.network, population, self.plan, self.way)


class IntegerCurrent(Current):
    """The current of one population, its products in a type of their own."""

    def __init__(self, network: Network, population: Population, plan: Plan, way: str) -> None:
        super().__init__(network, population, plan, None)
        self.fused = False
        self.sends = {q.name: summed(q, WAYS[way]) for q in self.projections if isinstance(q.synapse, Conv2d | Linear)}

    def _send(self, projection: Projection, values: Tensor) -> Tensor:
        if projection.pool != (1, 1):
            values = functional.avg_pool2d(values, projection.pool, divisor_override=1)
        send = self.sends.get(projection.name)
        if send is None:
            synapse = projection.synapse
            found = SYNAPSES[type(synapse)].send(synapse, values, self.weights[projection.name], None)
        else:
            found = send(values)
        return found * 2.0**projection.shift if projection.shift else found


def summed(projection: Projection, way: Way) -> Send:
    """The products of a projection in bytes: of one byte, or those of several times their factors."""
    parts = [(factor, way(projection, weights)) for factor, weights in _bytes(projection)]
    if len(parts) == 1 and parts[0][0] is None:
        return parts[0][1]

    def send(values: Tensor) -> Tensor:
        found = [part(values) if factor is None else part(values) * factor for factor, part in parts]
        return found[0] if len(found) == 1 else found[0] + found[1]

    return send


def _bytes(projection: Projection) -> list[tuple[Tensor | None, Tensor]]:
    """The weights as signed bytes, and what the sums of each are multiplied by, None for one: W = unit (low + 256 high)."""
    values = np.asarray(projection.synapse.weights.values()).astype(np.int64)
    if _are_bytes(values):
        return [(None, torch.from_numpy(values.astype(np.int8)))]
    column = (-1, *([1] * (values.ndim - 1)))
    unit = np.maximum(np.gcd.reduce(values.reshape(len(values), -1), axis=1), 1)
    whole = values // unit.reshape(column)
    high = np.zeros_like(whole) if _are_bytes(whole) else (whole + 128) >> 8
    if not _are_bytes(high):
        raise InvalidInput(f"expected weights of 16 bits at {projection.name!r}, got {values.min()} to {values.max()}")
    factor = torch.from_numpy(unit.astype(np.float32)).reshape(column[: values.ndim - 1] if values.ndim > 2 else -1)
    digits = [(factor, whole - (high << 8)), *([(256 * factor, high)] if high.any() else [])]
    return [(times, torch.from_numpy(digit.astype(np.int8))) for times, digit in digits]


def _are_bytes(values: np.ndarray) -> bool:
    return bool(-128 <= int(values.min(initial=0)) <= int(values.max(initial=0)) <= 127)


def _int8(projection: Projection, weights: Tensor) -> Send:
    """oneDNN's products of unsigned and signed bytes, sums given back as float32."""
    synapse, kernels = projection.synapse, torch.ops.onednn
    scales, zeros = torch.ones(len(weights)), torch.zeros(len(weights), dtype=torch.int32)
    last: tuple[Any, ...] = (torch.float32, "none", [], "")
    if isinstance(synapse, Linear):
        packed = kernels.qlinear_prepack(weights, None)

        def linear(values: Tensor) -> Tensor:
            sent = values.flatten(1).to(torch.uint8)
            found: Tensor = kernels.qlinear_pointwise(sent, 1.0, 0, packed, scales, zeros, None, 1.0, 0, *last)
            return found

        return linear
    where = [list(pair) for pair in (synapse.stride, synapse.padding, synapse.dilation)]
    packed = kernels.qconv_prepack(weights, scales, 1.0, 0, *where, synapse.groups, None)

    def conv(values: Tensor) -> Tensor:
        sent = values.to(torch.uint8)
        found: Tensor = kernels.qconv2d_pointwise(
            sent, 1.0, 0, packed, scales, zeros, None, *where, synapse.groups, 1.0, 0, *last
        )
        return found

    return conv


def _bfloat16(projection: Projection, weights: Tensor) -> Send:
    """PyTorch's own operations in bfloat16."""
    synapse, weights = projection.synapse, weights.to(torch.bfloat16)
    if weights.ndim == 4:
        weights = weights.contiguous(memory_format=torch.channels_last)
    send = SYNAPSES[type(synapse)].send
    return lambda values: send(synapse, values.to(torch.bfloat16), weights, None).float()


def integer_entries(case: Case, sizes: Sizes) -> Iterator[Entry]:
    """Bytes and bfloat16 on the fixed-point network, in the quickest batch; they count where every spike is the engine's.

    Where they cannot serve, such as with weights of more than 16 bits, a line says why.
    """
    images = case.images[: sizes.peer_images]
    expected = event_answer(case.fixed, images)
    for way in PEERS:
        name = f"torch, {way}, 8-bit network"
        try:
            batch, runner = _quickest(case, images, sizes, way)
        except InvalidInput as error:
            yield Entry(name, "missing", columns={"how": f"left out: {error}"})
            continue
        answer = runner.counts(images)
        agreement = compare(expected, answer)
        right = agreement.exact
        told = "exact: every spike as in event fixed" if right else "sums above 256 are rounded: not equal"
        columns = {
            "how": f"layer by layer, input hoisted, channels last, batch {batch}; {told}",
            "accuracy": accuracy_of(answer[0], case),
            "images": len(images),
            "version": torch.__version__,
            **agreement_columns(agreement, right),
        }
        yield Entry(
            name,
            "torch" if right else "orientation",
            Run(partial(runner.logits, images), len(images)),
            columns if right else columns | {"equal": None},
        )


def _quickest(case: Case, images: np.ndarray, sizes: Sizes, way: str) -> tuple[int, IntegerDense]:
    """The batch with the most images per second, and what runs it."""
    fitting = [batch for batch in sizes.batches if batch <= len(images)] or [len(images)]
    made = {batch: IntegerDense(case.fixed, Plan("layers", True, True, batch), way) for batch in fitting}
    return min(made.items(), key=lambda one: fastest(lambda: one[1].logits(images), 1))


def _float32(projection: Projection, weights: Tensor) -> Send:
    """PyTorch's own operations in float32, which hold these sums exactly."""
    synapse, weights = projection.synapse, weights.float()
    if weights.ndim == 4:
        weights = weights.contiguous(memory_format=torch.channels_last)
    send = SYNAPSES[type(synapse)].send
    return lambda values: send(synapse, values, weights, None)


WAYS: dict[str, Way] = {"int8": _int8, "float32": _float32, "bfloat16": _bfloat16}
"""What multiplies the values of a projection with bytes of its weights."""
PEERS = ("int8", "bfloat16")
"""Those that run whole networks beside the engine: in float32 the peers of the float32 network are no slower."""
