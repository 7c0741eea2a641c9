"""`python -m spikewright.experiments.cli` is `spikewright`."""

import sys

from spikewright.command import main

sys.exit(main())
