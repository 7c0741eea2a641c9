"""`python -m spikewright`: the command line, where no script `spikewright` is on the path."""

import sys

from spikewright.command import main

if __name__ == "__main__":
    sys.exit(main())
