"""The command `spikewright`. Each step takes the file that the step before wrote; --help of each shows an example."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

BAD_INPUT, INTERRUPTED, NOBODY_READS = 2, 130, 141


def start() -> int:
    """Run the command line of this process, which may have no more memory than the machine; return its exit code."""
    from spikewright.experiments.cli.memory import hold_to_memory

    hold_to_memory()
    return main()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0; 1 where a study lacks a result; 2 after bad input, with one sentence on stderr; 130 when interrupted. Raises SystemExit, as
    argparse does, for arguments that cannot be read, and after --help.
    """
    from spikewright.experiments.cli.arguments import check_read
    from spikewright.experiments.cli.console import waiting
    from spikewright.experiments.cli.parser import read_arguments

    options = read_arguments(sys.argv[1:] if arguments is None else arguments)
    # Threads of torch that wait should not spin: the engines' own threads need the cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    module, function = options.run
    try:
        check_read(options)
        with waiting(options.command, options.quiet):
            code = import_module(f"spikewright.experiments.cli.{module}").__dict__[function](options)
            sys.stdout.flush()
    except KeyboardInterrupt:
        print(f"spikewright {options.command}: interrupted; what was finished is kept", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # who reads the output has seen enough, as `| head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except Exception as error:
        from spikewright.experiments.cli.sentences import sentence

        print(f"spikewright {options.command}: {sentence(error)}", file=sys.stderr)
        return BAD_INPUT
    return int(code or 0)
