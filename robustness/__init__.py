"""Noise, faults and attacks for CNN and spiking network alike, through one `Predictor`."""

from robustness.attacks import FGSM, PGD, Transfer
from robustness.base import Attack, AttackResult
from robustness.bitflips import WeightBitFlips
from robustness.chip import ChipFault
from robustness.corruption import Corruption
from robustness.evaluate import attack_curve, evaluate
from robustness.faults import SpikeDeletionFault, SpikeJitterFault
from robustness.health import attack_health
from robustness.noise import GaussianNoise, ImpulseNoise
from robustness.predictor import AnnPredictor, Predictor, SnnPredictor
from robustness.square import Square
from robustness.statistics import McNemar, mcnemar, over_images_and_chips, wilson

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
