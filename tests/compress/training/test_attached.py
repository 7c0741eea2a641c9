"""While a network is trained its weights stay stored as they are: values bit for bit, structure, masks, and what comes after."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import (
    Compressed,
    QuantizedReLU,
    QuantizeSettings,
    fit,
    fresh,
    load,
    prune,
    quantize,
    save,
    trainable,
)
from spikewright.compress.expressions import rows_of
from spikewright.compress.training.loop import TrainSettings
from spikewright.weights import (
    Contract,
    Expression,
    Leaf,
    Lookup,
    Mask,
    Masked,
    Negated,
    Offset,
    Reshape,
    Scaled,
    Seeded,
    Signed,
    Sum,
)

DRAW = np.random.default_rng(0)
X = torch.rand(32, 2, 6, 6, generator=torch.Generator().manual_seed(0))
Y = torch.arange(32) % 3


def real(*shape: int) -> Leaf:
    return Leaf(DRAW.normal(0, 0.3, shape).astype(np.float32))


def whole(alphabet: int, *shape: int) -> Leaf:
    return Leaf(DRAW.integers(0, alphabet, shape).astype(np.uint8), alphabet)


def signed(bits: int, *shape: int) -> Leaf:
    limit = 2 ** (bits - 1) - 1
    return Leaf(DRAW.integers(-limit, limit + 1, shape).astype(np.int8), 2**bits)


SHAPE = (4, 2, 3, 3)
EXPRESSIONS: dict[str, Callable[[], Expression]] = {
    "real": lambda: real(*SHAPE),
    "integers": lambda: Scaled(signed(4, *SHAPE), np.full(4, 0.1, np.float32)),
    "one scale": lambda: Scaled(signed(3, *SHAPE), np.float32(0.2)),
    "masked": lambda: Masked(Mask(SHAPE, np.arange(0, 72, 3)), real(24)),
    "masked integers": lambda: Scaled(Masked(Mask(SHAPE, np.arange(0, 72, 2)), signed(4, 36)), np.full(4, 0.1, np.float32)),
    "k-means": lambda: Lookup(real(5), whole(5, *SHAPE)),
    "integer table": lambda: Scaled(Lookup(Leaf(np.array([-3, -1, 0, 2], np.int8)), whole(4, *SHAPE)), np.float32(0.1)),
    "product": lambda: Reshape(Lookup(real(6, 9), whole(6, 8)), SHAPE),
    "hashed": lambda: Lookup(real(7), Seeded(3, SHAPE, 7)),
    "masked k-means": lambda: Masked(Mask(SHAPE, np.arange(0, 72, 4)), Lookup(real(4), whole(4, 18))),
    "zero point": lambda: Scaled(Offset(whole(16, *SHAPE), np.int8(7)), np.full(4, 0.05, np.float32)),
    "real zero point": lambda: Offset(real(*SHAPE), real(4)),
    "signs": lambda: Signed(whole(2, *SHAPE), Scaled(whole(4, *SHAPE), np.full(4, 0.1, np.float32))),
    "opposite": lambda: Negated(real(*SHAPE)),
    "low rank": lambda: Reshape(Contract("or,ri->oi", (real(4, 2), real(2, 18))), SHAPE),
    "low rank and sparse": lambda: Sum(
        (Reshape(Contract("or,ri->oi", (real(4, 2), real(2, 18))), SHAPE), Masked(Mask(SHAPE, np.arange(5)), real(5)))
    ),
}  # fmt: skip


def network(e: Expression) -> Compressed:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3)).eval()
    with torch.no_grad():
        model[0].weight.copy_(torch.from_numpy(np.array(e.values(), np.float32)))
    return Compressed(model, {"0": e})


def step(module: nn.Module, rate: float = 0.05) -> None:
    module.zero_grad()
    optimiser = torch.optim.SGD([value for value in module.parameters() if value.requires_grad], lr=rate)
    loss = nn.functional.cross_entropy(module(X), Y)
    loss.backward()
    optimiser.step()


def structure(e: Any) -> Any:
    """The nodes and what does not move: shapes, alphabets, masks, indices."""
    if isinstance(e, Leaf):
        return ("Leaf", e.shape, e.alphabet, e.array.dtype)
    if isinstance(e, Expression):
        fixed = [e.index] if isinstance(e, Lookup) else [e.signs] if isinstance(e, Signed) else []
        return (type(e).__name__, fixed, [structure(value) for _, value in e.parts()])
    return [structure(one) for one in e] if isinstance(e, tuple) else e


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_values_are_the_weights_and_a_step_keeps_how_they_are_stored(name: str) -> None:
    before = EXPRESSIONS[name]()
    small = network(before)
    with trainable(small) as module:
        layer: Any = module.get_submodule("0")
        assert np.array_equal(layer.weight.detach().numpy(), before.values().astype(np.float32))
        for _ in range(3):
            step(module, 0.5)
        trained = layer.weight.detach().numpy().copy()
    after = small.weights["0"]
    assert np.array_equal(after.values().astype(np.float32), trained) and np.array_equal(rows_of(layer), trained)
    assert not np.array_equal(trained, before.values()), "nothing was trained"
    if not name.startswith("masked integers"):  # of them, what was rounded to zero is stored no more
        assert structure(after) == structure(before)
    assert (
        isinstance(layer.weight, nn.Parameter) and layer.weight.requires_grad and not hasattr(layer, "parametrizations")
    )
    assert fresh(small) is small and not small.model.training


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_nothing_moves_without_a_step(name: str) -> None:
    before = EXPRESSIONS[name]()
    small = network(before)
    with trainable(small):
        pass
    assert np.array_equal(small.weights["0"].values(), before.values())


def test_masks_hold_and_loose_zeros_come_back() -> None:
    model = network(real(*SHAPE)).model
    pruned = quantize(prune(model, 0.5), 4)
    dead = {path: ~mask for path, mask in pruned.masks.items()}
    with trainable(pruned) as module:
        for _ in range(5):
            step(module, 0.5)
    assert all(not module.get_submodule(path).get_parameter("weight")[gone].any() for path, gone in dead.items())
    coarse = quantize(model, 2, settings=QuantizeSettings(scale="max"))
    assert coarse.loose and not coarse.masks
    zeros = {
        path: module.get_parameter("weight") == 0 for path, module in coarse.model.named_children() if path in "03"
    }
    with trainable(coarse) as module:
        for _ in range(5):
            step(module, 1.0)
    assert any(bool(module.get_submodule(path).get_parameter("weight")[was].any()) for path, was in zeros.items())


def test_a_training_pays_and_the_file_holds_it(tmp_path: Path) -> None:
    small = network(Lookup(real(5), whole(5, *SHAPE)))
    with trainable(small) as module:
        first, *_, last = fit(module, (X, Y), TrainSettings(epochs=30, lr=0.02))
    assert last.loss < first.loss
    save(small, tmp_path / "file")
    back = load(tmp_path / "file", network(real(*SHAPE)).model)
    assert back.weights == small.weights and torch.equal(back(X), small(X))


def test_what_reads_it_in_the_middle_is_refused(tmp_path: Path) -> None:
    small = quantize(network(real(*SHAPE)).model, 4)
    with trainable(small):
        for read in (lambda: save(small, tmp_path / "x"), lambda: small.footprint, lambda: fresh(small)):
            with pytest.raises(InvalidInput, match=r"not being trained.*try it after the block"):
                read()
        with pytest.raises(InvalidInput, match="not being trained"), trainable(small):
            pass
    save(small, tmp_path / "x")


def test_an_exception_leaves_plain_weights() -> None:
    small = quantize(network(real(*SHAPE)).model, 4)
    with pytest.raises(ZeroDivisionError), trainable(small) as module:
        step(module)
        raise ZeroDivisionError
    assert fresh(small) is small and small.footprint.total_bits


@pytest.mark.parametrize("name", ["real", "integers", "k-means"])
def test_weights_that_are_lost_become_what_they_were(name: str) -> None:
    before = EXPRESSIONS[name]()
    small = network(before)
    with pytest.raises(InvalidInput, match="expected finite weights after training, got others in 0"):
        with trainable(small) as module, torch.no_grad():
            for value in module.parameters():
                value.fill_(torch.nan)
    assert small.weights["0"] == before


def test_a_node_without_a_rule_is_named() -> None:
    class Odd(Signed):
        """A node that training does not know."""

    small = network(Odd(whole(2, *SHAPE), real(*SHAPE)))
    with pytest.raises(InvalidInput, match="expected weights that can be trained, got Odd"), trainable(small):
        pass


@pytest.mark.parametrize("name", ["real", "integers", "k-means"])
def test_a_frozen_layer_stays_as_it_is(name: str) -> None:
    before = EXPRESSIONS[name]()
    small = network(before)
    small.model.get_submodule("0").requires_grad_(False)
    with trainable(small) as module:
        step(module, 0.5)
    assert small.weights["0"] == before and not small.model.get_parameter("0.weight").requires_grad
    assert small.model.get_parameter("3.weight").requires_grad


def test_a_range_that_crossed_zero_is_put_back() -> None:
    model = nn.Sequential(nn.Linear(4, 3), QuantizedReLU(3, 1.0), nn.Linear(3, 2))
    small = Compressed(model.eval())
    with trainable(small) as module, torch.no_grad():
        module.get_parameter("1.alpha").fill_(-1.0)
    assert small.model.get_parameter("1.alpha") > 0
