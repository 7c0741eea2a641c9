"""Noise, faults and attacks for CNN and spiking network alike, through one `Predictor`."""

from spikewright.aliases import same_module
from spikewright.robustness.attacks.base import Attack, AttackResult
from spikewright.robustness.attacks.gradient import FGSM, PGD, Transfer
from spikewright.robustness.attacks.health import attack_health
from spikewright.robustness.attacks.square import Square
from spikewright.robustness.corruptions.base import Corruption
from spikewright.robustness.corruptions.bitflips import WeightBitFlips
from spikewright.robustness.corruptions.chip import ChipFault
from spikewright.robustness.corruptions.images import GaussianNoise, ImpulseNoise
from spikewright.robustness.corruptions.spikes import SpikeDeletionFault, SpikeJitterFault
from spikewright.robustness.evaluation import attack_curve, evaluate
from spikewright.robustness.predictor import AnnPredictor, Predictor, SnnPredictor
from spikewright.robustness.statistics import McNemar, mcnemar, over_images_and_chips, wilson

__all__ = [
    "FGSM",
    "PGD",
    "AnnPredictor",
    "Attack",
    "AttackResult",
    "ChipFault",
    "Corruption",
    "GaussianNoise",
    "ImpulseNoise",
    "McNemar",
    "Predictor",
    "SnnPredictor",
    "SpikeDeletionFault",
    "SpikeJitterFault",
    "Square",
    "Transfer",
    "WeightBitFlips",
    "attack_curve",
    "attack_health",
    "evaluate",
    "mcnemar",
    "over_images_and_chips",
    "wilson",
]

same_module(__name__)
