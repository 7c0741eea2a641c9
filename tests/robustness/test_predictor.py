"""One face for CNN and spiking network: values, gradients, and models as people have them."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput, InvalidNetwork
from spikewright.conversion import Ttfs, convert
from spikewright.robustness import FGSM, PGD, AnnPredictor, GaussianNoise, SnnPredictor
from spikewright.snn import simulate
from spikewright.snn.twin.surrogates import RateBased, Triangle
from tests.robustness.linear_models import linear_predictor, middle_images
from tests.robustness.wrapped import LABELS, Wrapped, images, linear
from tests.snn.every_record import NETWORKS


@pytest.mark.parametrize("network", ["rate_network", "ttfs_network"])
def test_predictions_are_the_engines_on_every_image(request: Any, digits: Any, network: str) -> None:
    chosen = request.getfixturevalue(network)
    for one in (chosen, chosen.to_fixed()) if network == "rate_network" else (chosen,):
        expected = simulate(one, digits.images.numpy()).predictions
        np.testing.assert_array_equal(SnnPredictor(one).predict(digits.images).numpy(), expected)


def test_the_models_own_mode_and_gradients_are_left_alone() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(9, 3), nn.Dropout(0.5)).train()
    PGD(3)(AnnPredictor(model), middle_images(4, 9), torch.tensor([0, 1, 2, 0]), 0.1)
    assert model.training and model[1].weight.grad is None and model[1].weight.requires_grad


def test_logits_that_are_not_finite_are_refused() -> None:
    predictor = linear_predictor()
    with torch.no_grad():
        predictor.model[1].weight.fill_(float("nan"))  # type: ignore[index]
    with pytest.raises(InvalidInput, match="finite logits"):
        predictor.predict(middle_images(2, 9))


def test_surrogates_by_default_are_those_that_fit() -> None:
    """Counts say nothing about delays; who asks for them all the same is told."""
    recurrent = NETWORKS["delay"]
    assert SnnPredictor(recurrent).surrogates == (Triangle(),)
    assert len(SnnPredictor(NETWORKS["Burst"]).surrogates) == 2
    with pytest.raises(InvalidNetwork, match="RateBased"):
        SnnPredictor(recurrent, surrogate=RateBased())


def test_what_has_no_gradient_is_refused_when_it_is_made() -> None:
    for name, words in (("AddressEvents", "code of images"), ("TerminateMax", "early decision")):
        with pytest.raises(InvalidNetwork, match=words):
            SnnPredictor(NETWORKS[name])


def test_standardisation_inside_the_model_keeps_the_bounds(digits: Any) -> None:
    class Standardised(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return digits.model((x - 0.5) / 0.25 * 0.25 + 0.5)

    inner = AnnPredictor(Standardised(), "inside")
    result = PGD(4)(inner, digits.images[:10], digits.labels[:10], 0.5)
    assert 0 <= result.adversarials.min() and result.adversarials.max() <= 1


def test_a_model_that_works_in_place_changes_nobodys_images() -> None:
    predictor, x = AnnPredictor(Wrapped(lambda x: x.sub_(0.1307).div_(0.3081))), images()
    kept, wanted = x.clone(), AnnPredictor(Wrapped(lambda x: (x - 0.1307) / 0.3081))
    assert torch.equal(predictor.predict(x), wanted.predict(x))
    assert torch.equal(FGSM()(predictor, x, LABELS, 0.1).adversarials, FGSM()(wanted, x, LABELS, 0.1).adversarials)
    GaussianNoise()(predictor, x, 0.1)
    assert torch.equal(x, kept)


def test_a_double_model_is_attacked_in_its_own_precision() -> None:
    x, single = images(), AnnPredictor(linear())
    double = AnnPredictor(linear().double())
    assert double.logits(x).dtype == torch.float64
    assert torch.equal(PGD(5)(double, x, LABELS, 0.2).success, PGD(5)(single, x, LABELS, 0.2).success)


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(InvalidInput, match="try SnnPredictor for a Network"):
        AnnPredictor("model")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="try AnnPredictor for a model"):
        SnnPredictor(nn.Linear(1, 1))  # type: ignore[arg-type]


def test_bounds_are_the_range_of_the_inputs() -> None:
    """Attacks stay inside, and may move away from 0 to 1, where standardised images lie."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Flatten(), nn.Linear(9, 6), nn.ReLU(), nn.Linear(6, 3)).eval()
        x = (torch.rand(8, 1, 3, 3).round() - 0.1307) / 0.3081
    bounds = ((0 - 0.1307) / 0.3081, (1 - 0.1307) / 0.3081)
    labels = model(x).argmax(1)
    network = convert(model, x, Ttfs(), input_range=bounds)
    for predictor in (SnnPredictor(network), AnnPredictor(model, input_range=bounds)):
        assert predictor.bounds == bounds and predictor.variants()[0].bounds == bounds
        assert (predictor.predict(x) == labels).all()
        found = FGSM()(predictor, x, labels, 0.5).adversarials
        assert float((found - x).abs().max()) == pytest.approx(0.5, abs=1e-5)
        assert float(found.min()) < -0.4 and float(found.max()) > 2.8
        noisy = GaussianNoise().apply(x, 9.0, 0, predictor.bounds)
        assert (predictor.predict(noisy) >= 0).all() and float(noisy.max()) == pytest.approx(bounds[1])


def test_other_answers_than_one_class_are_refused_by_name() -> None:
    assert AnnPredictor(nn.Conv2d(1, 2, 1)).predict(torch.rand(2, 1, 4, 4)).shape == (2, 4, 4)
    with pytest.raises(InvalidInput, match=r"expected one class for each image to attack, got classes of places"):
        FGSM()(AnnPredictor(nn.Conv2d(1, 2, 1)), torch.rand(2, 1, 4, 4), torch.zeros(2, 4, 4).long(), 0.1)
    with pytest.raises(InvalidInput, match=r"got shape \(32,\); try choose"):
        AnnPredictor(nn.Flatten(0)).predict(torch.rand(2, 1, 1, 1))
    with pytest.raises(InvalidInput, match="got values"):
        SnnPredictor(NETWORKS["IF"].with_head("values"))
