"""Residual networks have the sizes of their papers."""

# Each count is a sum over layers of (inputs + 1) outputs; a batch norm adds two per channel, its convolution no bias.
PARAMETERS = {
    "small_cnn": (9 + 1) * 16 + (16 * 9 + 1) * 32 + (128 + 1) * 64 + (64 + 1) * 10,
    "mlp_300": (784 + 1) * 300 + (300 + 1) * 10,
    "lenet_300_100": (784 + 1) * 300 + (300 + 1) * 100 + (100 + 1) * 10,
    "lenet5": (25 + 1) * 20 + (20 * 25 + 1) * 50 + (800 + 1) * 500 + (500 + 1) * 10,
    "lenet32_64": (25 + 1) * 32 + (32 * 25 + 1) * 64 + (1024 + 1) * 128 + (128 + 1) * 10,
    "vgg7": 9 * (3 * 32 + 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256)
    + 2 * (32 + 32 + 64 + 64 + 128 + 128 + 256)
    + (256 * 4 + 1) * 10,
    "vgg7_wide": 9 * (3 * 32 + 32 * 64 + 64 * 128 + 128 * 128 + 128 * 256 + 256 * 256 + 256 * 256)
    + 2 * (32 + 64 + 128 + 128 + 256 + 256 + 256)
    + (256 * 4 + 1) * 10,
    # First layer, stage 1 (6 convolutions 16 to 16), stages 2 and 3 (one doubling, 5 more, the shortcut), classifier.
    "resnet20": 9 * 3 * 16
    + 9 * (6 * 16 * 16 + 16 * 32 + 5 * 32 * 32 + 32 * 64 + 5 * 64 * 64)
    + (16 * 32 + 32 * 64)
    + 2 * (7 * 16 + 7 * 32 + 7 * 64)
    + (64 + 1) * 10,
}


def test_published_counts() -> None:
    assert PARAMETERS["lenet5"] == 431_080
    assert PARAMETERS["lenet_300_100"] == 266_610
    assert PARAMETERS["resnet20"] == 269_722 + 2_752  # option A of the paper, plus our 1x1 shortcuts and their norms
