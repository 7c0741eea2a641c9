"""The command `spikewright`. Each step takes the file that the step before wrote; --help of each shows an example."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from spikewright import SpikewrightError
from spikewright.experiments.cli.parser import make_parser

BAD_INPUT, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0; 1 where a study lacks a result; 2 after bad input, with one sentence on stderr; 130 when interrupted.
    """
    options = make_parser().parse_args(arguments)
    # Threads of torch that wait should not spin: the engines' own threads need the cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    module, function = options.run
    try:
        code = import_module(f"spikewright.experiments.cli.{module}").__dict__[function](options)
    except (SpikewrightError, OSError) as error:
        print(f"spikewright {options.command}: {_sentence(error)}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(f"spikewright {options.command}: interrupted; what was finished is kept", file=sys.stderr)
        return INTERRUPTED
    return code or 0


def _sentence(error: Exception) -> str:
    """The error in one line."""
    if isinstance(error, OSError) and not isinstance(error, SpikewrightError) and error.strerror:
        where = f" {error.filename}" if error.filename else ""
        return f"expected to use{where}, got: {error.strerror}; try another path"
    return " ".join(str(error).split()) or type(error).__name__
