"""`adapt`: what comes out has a spiking form and is what every other stage takes; what went in stays as it was."""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.compress import (
    METHODS,
    Adapted,
    AdaptSettings,
    Prune,
    PruneSettings,
    Quantize,
    TrainSettings,
    adapt,
    apply_methods,
    load,
    prune,
    quantize,
    save,
    trace,
)
from spikewright.compress.adapting.substitutes.base import Substitute
from spikewright.compress.adapting.substitutes.clipped import Qcfs
from tests.compress.adapting.modern import ACTIVATIONS, NORMS, around, images, labels, modern

DATA = (images(), labels())
NONE = AdaptSettings(step_epochs=0, training=TrainSettings(epochs=0))
SHORT = AdaptSettings(step_epochs=0, training=TrainSettings(epochs=1, batch_size=16))


def kinds(model: Any) -> set[str]:
    return {node.kind for node in trace(model, images(3))}


def test_nothing_is_left_without_a_spiking_form_and_the_original_stays() -> None:
    model = modern()
    before = copy.deepcopy(model.state_dict())
    made = adapt(model, DATA, for_hardware=True, settings=SHORT)
    assert isinstance(made, Adapted)
    assert not kinds(made) & {"unsupported", "rising", "maxpool"}
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert not model.training and not made.model.training


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_activation_gets_a_spiking_form(name: str) -> None:
    assert "relu" in kinds(adapt(around(ACTIVATIONS[name]), (images(), None), settings=NONE))


@pytest.mark.parametrize("name", NORMS)
def test_a_norm_becomes_the_line_that_it_was_on_the_data(name: str) -> None:
    inner, held = NORMS[name]
    model = around(inner, *held)
    made = adapt(model, (images(), None), settings=NONE)
    assert "batchnorm" in kinds(made)
    norm = next(one for one in made.model.modules() if isinstance(one, nn.BatchNorm2d))
    with torch.no_grad():
        entered = model.conv(images())
        error = (norm(entered) - inner(entered)).square().mean((0, 2, 3))
        spread = inner(entered).var((0, 2, 3), correction=0)
    assert bool((error < 0.9 * spread).all())  # better than any constant: the line of 36 of the 40 images


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    one, two, other = (
        adapt(modern(), DATA, settings=AdaptSettings(step_epochs=0, training=TrainSettings(epochs=1, seed=seed)))
        for seed in (0, 0, 1)
    )
    same = [
        torch.equal(a, b) for a, b in zip(one.model.state_dict().values(), two.model.state_dict().values(), strict=True)
    ]
    assert all(same) and one.report == two.report
    assert any(
        not torch.equal(a, b)
        for a, b in zip(one.model.state_dict().values(), other.model.state_dict().values(), strict=True)
    )


def test_without_labels_the_child_learns_to_agree() -> None:
    model = modern()
    settings = AdaptSettings(step_epochs=0, training=TrainSettings(epochs=30, lr=1e-2, batch_size=20), test=images())
    made = adapt(model, images(), settings=settings)
    report = made.report
    assert report.measured == "agreement" and report.original == 1.0
    assert report.adapted == report.agreement >= max(report.untrained, 0.9)


def test_what_comes_out_is_pruned_quantised_saved_and_loaded(tmp_path: Path) -> None:
    made = adapt(modern(), DATA, {"SiLU": Qcfs(levels=3)}, for_hardware=True, settings=SHORT)
    small = quantize(prune(made, 0.5, settings=PruneSettings(rounds=1)), bits=4)
    for each in (made, small):
        path = tmp_path / "small.safetensors"
        save(each, path)
        again = load(path, modern())
        assert torch.equal(again.model(images()), each.model(images()))
        assert again.steps == each.steps


def test_masks_hold() -> None:
    pruned = prune(modern(), 0.5, settings=PruneSettings(rounds=1, spare=("gate.squeeze", "gate.excite")))
    made = adapt(pruned, DATA, settings=SHORT)
    assert {path: mask.sum() for path, mask in made.masks.items() if path in ("conv", "fc")} == {
        path: mask.sum() for path, mask in pruned.masks.items() if path in ("conv", "fc")
    }
    for path, mask in made.masks.items():
        assert not made.model.get_submodule(path).weight[~mask].any()


def test_in_a_chain_by_its_name() -> None:
    made = METHODS.make("adapt", {"step_epochs": 0, "training": {"epochs": 0}, "replace": {"SiLU": "relu6"}})
    untrained = TrainSettings(epochs=0)
    chain = [made, Prune(0.5, rounds=1, final_epochs=0, training=untrained), Quantize(4, training=untrained)]
    small = apply_methods(modern(), chain, DATA)
    assert "clamp" in kinds(small) and any(step.startswith("adapt: silu by relu6") for step in small.steps)


def test_a_model_with_a_spiking_form_stays_as_it_is() -> None:
    model = around(torch.relu)
    made = adapt(model, DATA, settings=SHORT)
    assert made.report.replacements == () and torch.equal(made.model(images()), model(images()))


class Ours(Substitute):
    """A user's own that no file can hold."""

    def made(self, place: Any, seen: Any) -> nn.Module:
        return nn.SELU()


class Branches(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(72, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x.flatten(1)) if x.sum() > 0 else -self.fc(x.flatten(1))


@pytest.mark.parametrize(
    ("model", "data", "replace", "said"),
    [
        (modern(), None, {}, "expected data to train"),
        (modern(), (images(), labels()[:3]), {}, "labels"),
        (modern(), (images()[:, :1], None), {}, "expected a sample that fits"),
        (modern(), (images()[:1], None), {}, "that are held out"),
        (modern(), DATA, {"nothing": "relu"}, "expected places to replace"),
        (modern(), DATA, {"act": Ours()}, "expected a substitute out of"),
        (Branches(), DATA, {}, "does not depend on data"),
        (quantize(around(torch.relu)), DATA, {}, "try adapt before quantize"),
        (nn.Conv2d(2, 2, 1), (images(), None), {}, "expected a model that gives logits"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(model: Any, data: Any, replace: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        adapt(model, data, replace, settings=NONE)
