"""The networks of the examples and studies, all made of layers that convert: ReLU after each sum, average pooling."""

from spikewright.experiments.models.table import (
    Architecture,
    architecture,
    build,
    lenet5,
    lenet32_64,
    lenet_300_100,
    mlp_300,
    model_names,
    parameter_count,
    small_cnn,
    vgg7,
    vgg7_wide,
)

__all__ = [
    "Architecture",
    "architecture",
    "build",
    "lenet5",
    "lenet32_64",
    "lenet_300_100",
    "mlp_300",
    "model_names",
    "parameter_count",
    "small_cnn",
    "vgg7",
    "vgg7_wide",
]
