"""The stages of a study by name, in the order in which a study asks them for cells."""

from typing import TYPE_CHECKING

from spikewright.tables import Family

if TYPE_CHECKING:
    from spikewright.experiments.stages.base import Stage

STAGES: "Family[type[Stage]]" = Family(
    "stage",
    "spikewright.experiments.stages.base:Stage",
    {
        "train": "spikewright.experiments.stages.training:TrainStage",
        "compress": "spikewright.experiments.stages.compression:CompressStage",
        "adapt": "spikewright.experiments.stages.adapting:AdaptStage",
        "convert": "spikewright.experiments.stages.conversion:ConvertStage",
        "simulate": "spikewright.experiments.stages.simulation:SimulateStage",
        "noise": "spikewright.experiments.stages.harm:NoiseStage",
        "attack": "spikewright.experiments.stages.harm:AttackStage",
        "hardware": "spikewright.experiments.stages.building:HardwareStage",
        "costs": "spikewright.experiments.stages.costing:CostsStage",
    },
)
