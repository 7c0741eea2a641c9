"""Methods by name: records with settings, the same as the functions, in chains, and a user's own among them."""

import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import (
    METHODS,
    Compressed,
    FoldBatchNorm,
    LearnedThresholds,
    Prune,
    Quantize,
    QuantizeSettings,
    TrainSettings,
    apply_methods,
    load,
    prune,
    quantize,
    save,
)
from tests.compress.old_models import MODELS, images

BUILD, SHAPE = MODELS["plain"]
DATA = (images(SHAPE), torch.arange(24) % 4)
UNTUNED = TrainSettings(epochs=0)


def same(one: Compressed, other: Compressed) -> bool:
    return one.steps == other.steps and torch.equal(one(DATA[0]), other(DATA[0]))


def test_every_method_is_made_by_name_and_says_what_its_settings_are() -> None:
    for name in METHODS:
        assert METHODS.summary(name).endswith(".")
        for option in METHODS.options(name):
            assert option.sentence.endswith("."), (name, option.name)
        method = METHODS.make(name, {})
        assert method == METHODS[name]()


def test_functions_are_their_records() -> None:
    model = BUILD()
    assert same(prune(model, 0.5), Prune(0.5).apply(model))
    settings = QuantizeSettings(training=UNTUNED)
    found = quantize(model, 3, DATA, activation_bits=2, settings=settings)
    assert same(found, Quantize(3, 2, training=UNTUNED).apply(model, DATA))


def test_a_chain_is_one_method_after_the_other() -> None:
    model = BUILD()
    chain = [Prune(0.5), Quantize(4)]
    assert same(apply_methods(model, chain), quantize(prune(model, 0.5), 4))
    assert isinstance(apply_methods(model, []), Compressed)
    with pytest.raises(InvalidInput, match="expected methods such as Prune"):
        apply_methods(model, ["prune"])  # type: ignore[list-item]


def test_batch_norms_fold_as_a_method_and_files_do_it_again(tmp_path: Path) -> None:
    model = BUILD()
    for given in (None, DATA):
        small = FoldBatchNorm().apply(model, given)
        assert not any(isinstance(module, nn.BatchNorm2d) for module in small.model.modules())
        torch.testing.assert_close(small(DATA[0]), model(DATA[0]))
        save(small, tmp_path / "folded")
        assert torch.equal(load(tmp_path / "folded", model)(DATA[0]), small(DATA[0]))
    with pytest.raises(InvalidInput, match="input_shape to be a list"):
        FoldBatchNorm(input_shape=(0, 8))


def test_thresholds_are_learned_with_masks_that_hold(tmp_path: Path) -> None:
    model = BUILD()
    small = apply_methods(model, [Prune(0.5), LearnedThresholds(3, training=TrainSettings(epochs=1))], DATA)
    assert small.footprint.sparsity >= 0.5 and "activations of 3 levels, fine-tuned" in small.steps[-1]
    save(small, tmp_path / "learned")
    assert torch.equal(load(tmp_path / "learned", model)(DATA[0]), small(DATA[0]))
    untuned = LearnedThresholds(3, percentile=99.0, training=UNTUNED).apply(model, DATA)
    assert untuned.rewrites != () and not torch.equal(untuned(DATA[0]), model(DATA[0]))
    with pytest.raises(InvalidInput, match="expected data"):
        LearnedThresholds().apply(model)


OWN = """
from dataclasses import dataclass
from typing import Annotated
from spikewright.compress import Draft, Method
from spikewright.tables import Within

@dataclass(frozen=True)
class Halve(Method):
    '''All biases are divided.

    by: what they are divided by.
    '''
    by: Annotated[float, Within(above=0)] = 2.0

    def apply(self, model, data=None, *, progress=None):
        draft = Draft.of(model)
        for name, value in draft.model.named_parameters():
            if name.endswith("bias"):
                value.data /= self.by
        draft.steps.append(f"biases divided by {self.by:g}")
        return draft.finish()
"""


def test_a_users_own_method_stands_where_a_name_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_methods.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    small = apply_methods(BUILD(), [Prune(0.5), METHODS.make("own_methods:Halve", {"by": 4})])
    assert small.steps[-1] == "biases divided by 4"
    with pytest.raises(InvalidInput, match="expected by to be a number above 0"):
        METHODS.make("own_methods:Halve", {"by": 0})
    sys.modules.pop("own_methods")
