"""Where the packages lie: the rooms stand at the top of the repository and are installed inside `spikewright`."""

from setuptools import find_packages, setup

ROOMS = ("snn", "compress", "conversion", "robustness", "hardware", "experiments")

setup(
    packages=[
        "spikewright",
        *(f"spikewright.{name}" for name in find_packages("spikewright")),
        *(f"spikewright.{room}" for room in ROOMS),
        *(f"spikewright.{room}.{name}" for room in ROOMS for name in find_packages(room)),
    ],
    package_dir={"spikewright": "spikewright", **{f"spikewright.{room}": room for room in ROOMS}},
)
