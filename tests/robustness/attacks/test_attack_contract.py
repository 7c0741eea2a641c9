"""One contract for all attacks of the table, on every kind of predictor. A new attack is one line here."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.robustness import (
    ATTACKS,
    FGSM,
    PGD,
    AnnPredictor,
    Attack,
    GaussianNoise,
    Predictor,
    SnnPredictor,
    Square,
    Transfer,
)
from spikewright.robustness.attacks.geometry import distance
from spikewright.snn import Network
from spikewright.tables import options
from tests.robustness.linear_models import linear_predictor, middle_images


@pytest.fixture(params=["ann", "snn", "ttfs", "fixed"])
def predictor(request: Any, rate_network: Network) -> Predictor:
    if request.param == "fixed":
        return SnnPredictor(rate_network.to_fixed(), "fixed")
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (PGD(), "PGD"),
        (PGD(1), "PGD(steps=1)"),
        (PGD(20, loss="ce"), "PGD(steps=20, loss=ce)"),
        (PGD(step_size=1 / 30, norm="l2"), "PGD(L2, step_size=0.03333333333333333)"),
        (PGD(step_size=0.1), "PGD(step_size=0.1)"),
        (FGSM("l2"), "FGSM(L2)"),
        (Square(200), "Square(queries=200)"),
        (GaussianNoise(), "GaussianNoise"),
    ],
)
def test_names_tell_settings_apart(record: Any, name: str) -> None:
    assert record.name == name


EXAMPLES: dict[str, tuple[Attack, ...]] = {
    "fgsm": (FGSM(), FGSM("l2")),
    "pgd": (PGD(6), PGD(6, norm="l2"), PGD(4, 2, loss="margin"), PGD(4, loss="ce")),
    "square": (Square(40),),
}
"""Name in the table -> the settings that the contract is held with, fast ones."""
EACH = [attack for several in EXAMPLES.values() for attack in several]


@pytest.fixture(params=[*EACH, "transfer"], ids=lambda one: getattr(one, "name", one))
def attack(request: Any, digits: Any) -> Attack:
    return Transfer(PGD(4), AnnPredictor(digits.model, "source")) if request.param == "transfer" else request.param


def test_every_attack_of_the_table_is_held_to_it() -> None:
    assert set(EXAMPLES) == set(ATTACKS)
    for name, several in EXAMPLES.items():
        assert {type(one) for one in several} == {ATTACKS[name]}
        assert ATTACKS.make(name, {}) == ATTACKS[name]()


@pytest.mark.parametrize("name", ATTACKS)
def test_every_setting_has_a_sentence_and_a_range(name: str) -> None:
    assert ATTACKS.summary(name).endswith((".", ":", ","))
    for option in options(ATTACKS[name]):
        assert option.sentence, option.name
        assert option.choices or option.forms[0].within or bool in {form.kind for form in option.forms}, option.name


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0])
def test_inside_ball_and_box_and_success_is_what_the_model_says(
    attack: Attack, predictor: Predictor, digits: Any, epsilon: float
) -> None:
    images, labels = digits.images[:12], digits.labels[:12]
    result = attack(predictor, images, labels, epsilon, 3)
    assert result.adversarials.min() >= 0 and result.adversarials.max() <= 1
    assert (distance(result.adversarials, images, attack.norm) <= epsilon + 1e-5).all()
    assert torch.equal(result.success, predictor.predict(result.adversarials) != labels)
    clean_wrong = predictor.predict(images) != labels
    assert result.success[clean_wrong].all()
    if epsilon == 0:
        assert torch.equal(result.adversarials, images) and torch.equal(result.success, clean_wrong)
    else:
        assert torch.equal(result.adversarials, attack(predictor, images, labels, epsilon, 3).adversarials)


@pytest.mark.parametrize("name", ["ann", "snn"])
def test_an_image_meets_the_same_attack_whatever_lies_beside_it(
    request: Any, digits: Any, attack: Attack, name: str
) -> None:
    predictor, count = request.getfixturevalue(name), 40 if name == "ann" else 14
    x, y = digits.images[:count], digits.labels[:count]
    whole = attack(predictor, x, y, 0.1, 5)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(1))
    for rows in (torch.arange(count)[: count // 2], order[: count // 3], order[:1]):
        part = attack(predictor, x[rows], y[rows], 0.1, 5)
        assert torch.equal(part.adversarials, whole.adversarials[rows])
        assert torch.equal(part.success, whole.success[rows])


@pytest.mark.parametrize("attack", EACH, ids=lambda one: one.name)
def test_a_larger_budget_finds_no_less_from_where_the_smaller_ended(attack: Attack) -> None:
    predictor, images = linear_predictor(4), middle_images(30, 9)
    labels = predictor.predict(images)
    small = attack(predictor, images, labels, 0.05, 1)
    large = attack(predictor, images, labels, 0.2, 1, start=small.adversarials)
    assert large.success[small.success].all()


class Blind(nn.Module):
    """A model whose images go through integers: logits without a gradient."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([x.flatten(1).sum(1), 3 - x.flatten(1).sum(1)], dim=1).mul(9).long().float()


@pytest.mark.parametrize("attack", EACH, ids=lambda one: one.name)
def test_without_a_gradient_an_attack_finds_something_or_says_so(attack: Attack) -> None:
    predictor, images = AnnPredictor(Blind()), torch.full((4, 3), 0.45)
    labels = predictor.predict(images)
    try:
        assert attack(predictor, images, labels, 0.4, 0).success.any()
    except InvalidInput as error:
        assert "try Square(), or Transfer(attack, source)" in str(error)
