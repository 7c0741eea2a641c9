"""`python -m experiments.cli` is `spikewright`."""

import sys

from experiments.cli import main

sys.exit(main())
