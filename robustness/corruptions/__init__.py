"""Random harm: the table of its names. One file for what harms one thing, and a line here for each corruption.

`base` has what each promises; noise on images is below `images:ImageCorruption`, what harms a spiking network inside below
`networks:NetworkFault`, which hands a record of `snn.disturb` to the engine.
"""

from typing import Any

from spikewright.tables import Family

_HERE = "spikewright.robustness.corruptions"

CORRUPTIONS: Family[type[Any]] = Family(
    "corruption",
    f"{_HERE}.base:Corruption",
    {
        "gaussian": f"{_HERE}.images:GaussianNoise",
        "impulse": f"{_HERE}.images:ImpulseNoise",
        "spike-deletion": f"{_HERE}.spikes:SpikeDeletionFault",
        "spike-jitter": f"{_HERE}.spikes:SpikeJitterFault",
        "spike-insertion": f"{_HERE}.spikes:SpikeInsertionFault",
        "stuck-at-0": f"{_HERE}.neurons:StuckAt0Fault",
        "stuck-at-1": f"{_HERE}.neurons:StuckAt1Fault",
        "membrane-noise": f"{_HERE}.neurons:MembraneNoiseFault",
        "potential-bit-flips": f"{_HERE}.neurons:PotentialBitFlipsFault",
        "threshold-variation": f"{_HERE}.variation:ThresholdVariationFault",
        "weight-variation": f"{_HERE}.variation:WeightVariationFault",
        "weight-bit-flips": f"{_HERE}.bitflips:WeightBitFlipsFault",
    },
)
"""Name -> class of the corruption."""
