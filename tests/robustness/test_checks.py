"""Images, labels and models that cannot be meant are refused in a sentence with a way out that works."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.robustness import (
    FGSM,
    PGD,
    AnnPredictor,
    GaussianNoise,
    Square,
    Transfer,
    attack_curve,
    attack_health,
    evaluate,
)
from tests.robustness.wrapped import LABELS, Wrapped, images, linear


@pytest.mark.parametrize(
    "kind",
    [
        lambda x: x.numpy(),
        lambda x: x.double(),
        lambda x: x.double().numpy(),
        lambda x: x.clone().requires_grad_(),
        list,
        lambda x: x.tolist(),
        lambda x: np.asfortranarray(x.numpy()),
    ],
)
def test_images_of_any_kind_give_the_same_adversarials(kind: Any) -> None:
    predictor, x = AnnPredictor(linear()), images()
    wanted = PGD(3)(predictor, x, LABELS, 0.1).adversarials
    for labels in (LABELS, LABELS.numpy(), LABELS.tolist(), LABELS.to(torch.uint8)):
        assert torch.equal(PGD(3)(predictor, kind(x), labels, 0.1).adversarials, wanted)
    np.testing.assert_array_equal(
        attack_curve(predictor, kind(x), LABELS, PGD(3), [0.1]), attack_curve(predictor, x, LABELS, PGD(3), [0.1])
    )


@pytest.mark.parametrize("after", [lambda z: z + 0.1 * torch.randn_like(z), lambda z: nn.functional.dropout(z, 0.5)])
def test_models_that_draw_at_each_call_are_refused(after: Any) -> None:
    predictor = AnnPredictor(Wrapped(after=after))
    for call in (
        lambda: PGD(2)(predictor, images(), LABELS, 0.1),
        lambda: evaluate([predictor], (images(), LABELS), [(GaussianNoise(), [0.1])]),
        lambda: attack_health(predictor, (images(), LABELS), (0.1,)),
    ):
        with pytest.raises(InvalidInput, match="same logits at each call"):
            call()


@pytest.mark.parametrize("sharpness", [1.0, 1e4])
def test_probabilities_are_refused_under_attack_only(sharpness: float) -> None:
    predictor = AnnPredictor(Wrapped(after=lambda z: (sharpness * z).softmax(1)))
    with pytest.raises(InvalidInput, match="without its last softmax"):
        FGSM()(predictor, images(), LABELS, 0.1)
    assert len(evaluate([predictor], (images(), LABELS), [(GaussianNoise(), [0.1])])) == 2
    assert len(FGSM()(AnnPredictor(linear()), images(), LABELS, 0.1).success) == 5


def test_without_a_gradient_there_are_two_ways_out() -> None:
    blind = AnnPredictor(Wrapped(lambda x: (x * 255).to(torch.uint8).float() / 255), "blind")
    labels = blind.predict(images())
    with pytest.raises(InvalidInput, match=r"Square\(\), or Transfer"):
        PGD(2)(blind, images(), labels, 0.3)
    for way_out in (Square(60), Transfer(PGD(3), AnnPredictor(linear(), "open"))):
        assert way_out(blind, images(), labels, 0.5).success.any()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (torch.randint(2, 255, (5, 9), dtype=torch.uint8), "images / 255"),
        (np.full((5, 9), 200.0), "images / 255"),
        (torch.full((5, 9), 1.5), "standardisation inside"),
        ([[0.1] * 9, [0.1]], "array or a tensor"),
        ("images.npy", "array or a tensor"),
        (torch.empty(5, 9, device="meta"), "array or a tensor"),
        (torch.zeros(5, 9, dtype=torch.complex64), "real numbers"),
    ],
)
def test_images_that_cannot_be_meant(given: Any, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        PGD(2)(AnnPredictor(linear()), given, LABELS, 0.1)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (LABELS.double(), r"labels.long\(\)"),
        (torch.nn.functional.one_hot(LABELS), r"argmax\(1\)"),
        (LABELS[:, None], r"reshape\(-1\)"),
        (LABELS == 0, "integer labels"),
        (LABELS[:3], "one label for each image"),
    ],
)
def test_labels_have_one_rule(labels: Any, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        PGD(2)(AnnPredictor(linear()), images(), labels, 0.1)
