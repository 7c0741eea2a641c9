"""`python -m spikewright.experiments.cli` is `spikewright`."""

import sys

from spikewright.experiments.cli import main

sys.exit(main())
