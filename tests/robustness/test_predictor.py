"""One face for CNN and spiking network: bounds, and what is decided or refused."""

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.conversion import Ttfs, convert
from spikewright.robustness import FGSM, AnnPredictor, GaussianNoise, SnnPredictor
from tests.robustness.linear_models import linear_predictor, middle_images
from tests.snn.every_record import NETWORKS


def test_logits_that_are_not_finite_are_refused() -> None:
    predictor = linear_predictor()
    with torch.no_grad():
        predictor.model[1].weight.fill_(float("nan"))  # type: ignore[index]
    with pytest.raises(InvalidInput, match="finite logits"):
        predictor.predict(middle_images(2, 9))


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
