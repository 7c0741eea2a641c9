"""Attacks and corruptions by name, from the tables and from outside of them."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import pytest
import torch
from torch import Tensor

from spikewright import InvalidInput, robustness
from spikewright.robustness import (
    ATTACKS,
    CORRUPTIONS,
    FGSM,
    PGD,
    AnnPredictor,
    Attack,
    GaussianNoise,
    ImageCorruption,
    SnnPredictor,
    StuckAt1Fault,
    evaluate,
    perturbation,
)
from spikewright.robustness.attacks.geometry import Norm
from spikewright.robustness.attacks.tasks import AttackTask
from spikewright.robustness.corruptions.base import Harms, Strength
from spikewright.robustness.corruptions.networks import NetworkFault
from spikewright.snn import Network
from spikewright.snn.disturb.noise import SpikeDeletion
from spikewright.tables import Within

HERE = "tests.robustness.test_perturbations"


@dataclass(frozen=True)
class RandomCorner(Attack):
    """Goes to a random corner of the ball: an attack that no file of the package knows.

    tries: corners that are drawn.
    """

    tries: Annotated[int, Within(1, 100)] = 2
    norm: Norm = "linf"

    def search(self, task: AttackTask) -> Tensor:
        """The last corner that is misclassified."""
        found = task.begin.clone()
        for number in range(self.tries):
            signs = task.draws.uniform(number, tuple(found.shape[1:])).sub(0.5).sign()
            corner = task.ball.project(task.ball.center + task.ball.epsilon * signs)
            fallen = ~task.standing(corner)
            found[fallen] = corner[fallen]
        return found


@dataclass(frozen=True)
class Darkness(ImageCorruption):
    """Takes `strength` from each value: a corruption that no file of the package knows."""

    strength: ClassVar[Strength] = Strength("a share of the light", 1.0)

    def apply(self, images: Tensor, strength: float, seed: int, bounds: tuple[float, float]) -> Tensor:
        return (images - strength).clamp(*bounds)


@dataclass(frozen=True)
class DeadLayer(NetworkFault):
    """All spikes of one layer are lost with probability `strength`."""

    layer: str = "a"
    harms: ClassVar[Harms] = "spikes"
    strength: ClassVar[Strength] = Strength("a probability", 1.0)

    def record(self, strength: float, seed: int) -> SpikeDeletion:
        return SpikeDeletion(strength, seed, (self.layer,))

    def missing(self, network: Network) -> str | None:
        return None if self.layer in network.by_name else f"it has no layer {self.layer!r}"


def test_names_of_both_tables_are_perturbations() -> None:
    assert perturbation("pgd") == PGD() and perturbation("gaussian") == GaussianNoise()
    assert not set(ATTACKS) & set(CORRUPTIONS)


def test_ones_own_are_found_and_go_through_a_table(ann: AnnPredictor, snn: SnnPredictor, digits: Any) -> None:
    own = [(f"{HERE}:RandomCorner", [0.2]), (f"{HERE}:Darkness", [0.0, 0.3, 2.0]), (f"{HERE}:DeadLayer", [1.0])]
    table = evaluate([ann, snn], (digits.images[:20], digits.labels[:20]), own)
    assert set(table["perturbation"]) == {"clean", "RandomCorner", "Darkness", "DeadLayer"}
    for model in ("ANN", "SNN"):
        dark = table.where(model=model, perturbation="Darkness")
        assert dark["accuracy"][0] == table.where(model=model, perturbation="clean")["accuracy"][0]
        assert dark["note"][2] == "not applicable: its strength is a share of the light, not 2"
    lost = table.where(perturbation="DeadLayer")
    assert lost["note"][0] == "not applicable: it sends no spikes" and lost["accuracy"][1] < 0.5


def test_ones_own_has_settings_by_the_tables(ann: AnnPredictor, digits: Any) -> None:
    made = ATTACKS.make(f"{HERE}:RandomCorner", {"tries": 3})
    assert made == RandomCorner(3) and made.name == "RandomCorner(tries=3)"
    result = made(ann, digits.images[:20], digits.labels[:20], 1.0)
    assert torch.equal(result.success, ann.predict(result.adversarials) != digits.labels[:20])
    with pytest.raises(InvalidInput, match="tries to be a whole number from 1 to 100"):
        ATTACKS.make(f"{HERE}:RandomCorner", {"tries": 0})
    assert CORRUPTIONS.make(f"{HERE}:DeadLayer", {"layer": "b"}) == DeadLayer("b")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("PGD", "out of fgsm, pgd, square, gaussian, .* got 'PGD'; try pgd"),
        ("gausian", "got 'gausian'; try gaussian"),
        ("rain", "got 'rain'; try your own as package.module:Class"),
        (f"{HERE}:HERE", "expected an attack or a corruption out of"),
        ("nowhere.at_all:Rain", "No module named 'nowhere'"),
    ],
)
def test_what_is_neither_is_refused(name: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        perturbation(name)


def test_the_old_name_of_a_fault_of_the_chip_still_works() -> None:
    with pytest.warns(DeprecationWarning, match="ChipFault is called perturbation now"):
        old = robustness.ChipFault
    assert old("stuck-at-1") == StuckAt1Fault()
    assert robustness.FGSM is FGSM
