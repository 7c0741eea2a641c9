"""Noise, faults and attacks for CNN and spiking network alike, through one `Predictor`.

The tables ATTACKS and CORRUPTIONS load without torch; a class or function is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING

from spikewright.aliases import same_module
from spikewright.lazy import lazily
from spikewright.renaming import renamed
from spikewright.robustness.attacks import ATTACKS
from spikewright.robustness.corruptions import CORRUPTIONS

if TYPE_CHECKING:
    from spikewright.robustness.ann_predictor import AnnPredictor
    from spikewright.robustness.attacks.base import Attack, AttackResult
    from spikewright.robustness.attacks.fgsm import FGSM
    from spikewright.robustness.attacks.pgd import PGD
    from spikewright.robustness.attacks.square import Square
    from spikewright.robustness.attacks.transfer import Transfer
    from spikewright.robustness.corruptions.base import Corruption
    from spikewright.robustness.corruptions.bitflips import WeightBitFlipsFault
    from spikewright.robustness.corruptions.images import GaussianNoise, ImageCorruption, ImpulseNoise
    from spikewright.robustness.corruptions.networks import NetworkFault
    from spikewright.robustness.corruptions.neurons import (
        MembraneNoiseFault,
        PotentialBitFlipsFault,
        StuckAt0Fault,
        StuckAt1Fault,
    )
    from spikewright.robustness.corruptions.spikes import SpikeDeletionFault, SpikeInsertionFault, SpikeJitterFault
    from spikewright.robustness.corruptions.variation import ThresholdVariationFault, WeightVariationFault
    from spikewright.robustness.curves import attack_curve
    from spikewright.robustness.evaluation import evaluate
    from spikewright.robustness.health import attack_health
    from spikewright.robustness.perturbations import perturbation
    from spikewright.robustness.predictor import Predictor
    from spikewright.robustness.snn_predictor import SnnPredictor
    from spikewright.robustness.statistics import McNemar, mcnemar, over_images_and_chips, wilson

__all__ = [
    "ATTACKS",
    "CORRUPTIONS",
    "FGSM",
    "PGD",
    "AnnPredictor",
    "Attack",
    "AttackResult",
    "Corruption",
    "GaussianNoise",
    "ImageCorruption",
    "ImpulseNoise",
    "McNemar",
    "MembraneNoiseFault",
    "NetworkFault",
    "PotentialBitFlipsFault",
    "Predictor",
    "SnnPredictor",
    "SpikeDeletionFault",
    "SpikeInsertionFault",
    "SpikeJitterFault",
    "Square",
    "StuckAt0Fault",
    "StuckAt1Fault",
    "ThresholdVariationFault",
    "Transfer",
    "WeightBitFlipsFault",
    "WeightVariationFault",
    "attack_curve",
    "attack_health",
    "evaluate",
    "mcnemar",
    "over_images_and_chips",
    "perturbation",
    "wilson",
]

_HOMES = {
    "ann_predictor": ["AnnPredictor"],
    "attacks.base": ["Attack", "AttackResult"],
    "attacks.transfer": ["Transfer"],
    "corruptions.base": ["Corruption"],
    "corruptions.images": ["ImageCorruption"],
    "corruptions.networks": ["NetworkFault"],
    "curves": ["attack_curve"],
    "evaluation": ["evaluate"],
    "health": ["attack_health"],
    "perturbations": ["perturbation"],
    "predictor": ["Predictor"],
    "snn_predictor": ["SnnPredictor"],
    "statistics": ["McNemar", "mcnemar", "over_images_and_chips", "wilson"],
}

if not TYPE_CHECKING:
    __getattr__ = renamed(
        __name__,
        {"ChipFault": "perturbation", "WeightBitFlips": "WeightBitFlipsFault"},
        lazily(__name__, _HOMES, [ATTACKS, CORRUPTIONS]),
    )

same_module(__name__)
