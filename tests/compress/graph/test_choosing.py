"""One input and the outputs that are wanted, out of whatever forward takes and returns."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.answers import Head
from spikewright.compress import FoldBatchNorm, accuracy, adapt, choose, fit, fold_batchnorm, load, prune, save
from spikewright.compress.graph.choosing import heads_of, image_input, several_outputs
from spikewright.compress.graph.view import trace
from spikewright.robustness import AnnPredictor
from tests.compress.training.test_loop import make

X = torch.rand(4, 1, 4, 4, generator=torch.Generator().manual_seed(0))
MASK = torch.arange(16.0).reshape(1, 1, 4, 4) / 16


class Pair(NamedTuple):
    logits: Tensor
    rest: Any


@dataclass
class Record:
    logits: Tensor
    rest: Any


RETURNED = {
    "tuple": (lambda a, b: (a, b), 0, 1),
    "list": (lambda a, b: [a, b], "0", "1"),
    "dict": (lambda a, b: {"logits": a, "rest": {"maps": b}}, "logits", "rest.maps"),
    "ordered": (lambda a, b: OrderedDict(logits=a, rest=b), 0, "rest"),
    "named tuple": (lambda a, b: Pair(a, [b, b]), "logits", "rest.1"),
    "dataclass": (lambda a, b: Record(a, (b,)), "logits", "rest.0"),
    "chunk": (lambda a, b: {"parts": b.chunk(2, 1), "logits": a}, "logits", "parts.1"),
}


class Net(nn.Module):
    """A vector and a map, in any container, of an image times a mask."""

    def __init__(self, kind: str = "tuple") -> None:
        super().__init__()
        self.pack = RETURNED[kind][0]
        self.conv, self.norm, self.head = nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Linear(64, 3)

    def forward(self, x: Tensor, mask: Tensor, *, gain: float = 1.0, features: bool = True) -> Any:
        hidden = torch.relu(self.norm(self.conv(x * mask)) * gain)
        logits = self.head(hidden.flatten(1))
        return self.pack(logits, hidden) if features else logits


def net(kind: str = "tuple") -> Net:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Net(kind).eval()


@pytest.mark.parametrize("kind", RETURNED)
def test_an_output_is_chosen_wherever_it_lies(kind: str) -> None:
    model, (_, first, second) = net(kind), RETURNED[kind]
    hidden = torch.relu(model.norm(model.conv(X * MASK)))
    wanted = hidden[:, 2:] if kind == "chunk" else hidden
    one, other = (choose(model, name, {"mask": MASK}) for name in (first, second))
    assert torch.equal(one(X), model.head(hidden.flatten(1))) and torch.equal(other(X), wanted)
    for chosen in (one, other):
        assert torch.allclose(trace(chosen, X).graph_module(X), chosen(X), atol=1e-6)
    both = choose(model, [first, second], {"mask": MASK})
    assert torch.equal(both(X), torch.cat([one(X), wanted.flatten(1)], 1))
    names = (str(first), str(second))
    heads = (Head(shape=(3,), name=names[0]), Head(shape=tuple(wanted.shape[1:]), name=names[1]))
    assert heads_of(both, X) == heads_of(trace(both, X).graph_module, X) == heads
    assert several_outputs(both) == names and several_outputs(one) == () == several_outputs(model)


def test_flags_and_inputs_are_fixed() -> None:
    model = net()
    plain = choose(model, fixed={"mask": MASK, "features": False, "gain": 2.0})
    assert torch.equal(plain(X), model(X, MASK, gain=2.0, features=False))
    assert choose(model) is model
    swapped = choose(model, 0, {"x": X[:1]})  # the mask takes the images then
    assert torch.equal(swapped(MASK), model(X[:1], MASK)[0])
    assert torch.equal(choose(model, 0, {"x": X[:1]}, input="mask")(MASK), swapped(MASK))
    with pytest.raises(InvalidInput, match="that is not fixed, got 'mask'"):
        choose(model, 0, {"mask": MASK}, input="mask")
    with pytest.raises(InvalidInput, match=r"got mask, x of Net; try fixed={'x': its value}"):
        choose(model, 0, input="mask")
    assert (
        "output '0', with features=False, mask=a tensor" in choose(model, 0, {"mask": MASK, "features": False}).told()
    )


@pytest.mark.parametrize(
    ("output", "fixed", "told"),
    [
        ("0", {}, "got x, mask of Net; try fixed={'mask': its value}"),
        ("0", {"msk": MASK}, "out of x, mask, gain, features, got 'msk'"),
        ("0", {"x": X, "mask": MASK, "gain": 1, "features": True}, "takes the images, got all"),
        (True, {"mask": MASK}, "got True"),
        (-1, {"mask": MASK}, "got -1"),
        ("", {"mask": MASK}, "got ''"),
        ([0, 0], {"mask": MASK}, "different outputs"),
        ([], {"mask": MASK}, "at least one"),
    ],
)
def test_what_cannot_be_chosen_is_refused_before_anything_runs(output: Any, fixed: Any, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        choose(net(), output, fixed)


def test_the_images_take_the_first_input_that_is_free() -> None:
    assert image_input(net(), {"x": X}) == "mask" and image_input(nn.ReLU(), {}) is None


def test_a_file_remembers_what_was_chosen(tmp_path: Path) -> None:
    given = {"mask": MASK}
    small = prune(net("dict"), 0.5, output=["logits", "rest.maps"], fixed=given)
    save(small, tmp_path / "small.safetensors")
    again = load(tmp_path / "small.safetensors", choose(Net("dict"), ["logits", "rest.maps"], given))
    assert torch.equal(again(X), small(X)) and several_outputs(again) == ("logits", "rest.maps")
    with pytest.raises(Exception, match="architecture"):
        load(tmp_path / "small.safetensors", choose(Net("dict"), ["rest.maps", "logits"], given))


def test_a_compressed_may_be_chosen_from_before_it_is_rewritten() -> None:
    pruned = prune(net("dict"), 0.5)
    chosen = choose(pruned, "logits", {"mask": MASK})
    assert torch.equal(chosen(X), pruned.model(X, MASK)["logits"]) and set(chosen.masks) == {"model.conv", "model.head"}
    folded = FoldBatchNorm((1, 4, 4)).apply(chosen)
    with pytest.raises(InvalidInput, match="chosen before a model is rewritten"):
        choose(folded, "logits")


def test_verbs_take_the_same_words() -> None:
    folded, rows = fold_batchnorm(net("dict"), X, output="logits", fixed={"mask": MASK})
    assert [row.action for row in rows] == ["folded"]
    assert torch.allclose(folded(X), net("dict")(X, MASK)["logits"], atol=1e-5)


def test_who_needs_one_answer_refuses_several_by_name() -> None:
    both, labels = choose(net(), [0, 1], {"mask": MASK}), torch.zeros(4, dtype=torch.int64)
    asked = accuracy, fit, adapt
    for needs in (*(partial(verb, both, (X, labels)) for verb in asked), partial(AnnPredictor, both)):
        with pytest.raises(InvalidInput, match=r"expected one output for .*, got '0', '1'; try choose"):
            needs()
    one, data = make()
    assert accuracy(choose(Twice(one), 1), data) == accuracy(one.eval(), data)


class Twice(nn.Module):
    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.inner = model.eval()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, self.inner(x)
