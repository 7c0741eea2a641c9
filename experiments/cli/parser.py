"""The parser of `spikewright`, built from the table of commands. Nothing heavy is imported here: --help is instant."""

import argparse
from collections.abc import Iterable
from typing import NoReturn

from spikewright import __version__
from spikewright.experiments.cli.catalogue import entries_by_table
from spikewright.experiments.cli.commands import COMMANDS, COMMON, Command
from spikewright.experiments.cli.flags import Flag, TableFlags

Parser = argparse.ArgumentParser


class _Parser(Parser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; try {self.prog} --help\n")


def make_parser() -> Parser:
    """The parser of `spikewright`; `options.run` is (module in experiments.cli, function)."""
    form = argparse.RawDescriptionHelpFormatter
    parser = _Parser(prog="spikewright", description=_ABOUT, formatter_class=form)
    parser.add_argument("--version", action="version", version=f"spikewright {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        one = commands.add_parser(
            name, help=command.summary, description=command.summary, epilog=_epilog(command), formatter_class=form
        )
        _add(one, (*command.flags, *COMMON))
        one.set_defaults(run=(command.module, f"run_{name}"))
    return parser


def commands() -> tuple[str, ...]:
    """The names of all commands."""
    return tuple(COMMANDS)


def _add(parser: Parser, flags: Iterable[Flag | TableFlags]) -> None:
    """The flags in their order; those of a table's settings in a group of their own."""
    for one in flags:
        if isinstance(one, Flag):
            parser.add_argument(*one.names, help=one.told.replace("%", "%%"), **one.settings)
        else:
            title = "settings" if len(one.entries) == 1 else f"settings of each {one.noun}"
            group = parser.add_argument_group(title, _GROUP.get(one.noun))
            for each in one.flags():
                group.add_argument(*each.names, help=each.told.replace("%", "%%"), **each.settings)


def _epilog(command: Command) -> str:
    """An example, and the names of the tables that the command reads, with a line each."""
    parts = [f"example:\n  {command.example}"]
    for noun in command.tables:
        entries = entries_by_table()[noun]
        width = max(len(entry.name) for entry in entries)
        lines = (f"  {entry.name:{width}}  {entry.summary}" for entry in entries)
        parts.append(
            "\n".join((f"{noun}s, or your own as package.module:{'object' if noun == 'device' else 'Class'}:", *lines))
        )
    return "\n\n".join(parts)


_GROUP = {
    "recipe": "Each recipe takes those that it has; another one is refused. Also in one word: --recipe phase,period=5",
    "attack": "Each attack takes those that it has. Also one by one: --attacks fgsm pgd,steps=40,loss=margin",
}
_ABOUT = """From a trained CNN to a compressed spiking network: simulated exactly, attacked, costed on an FPGA, exported.

  spikewright demo                        everything at once, on built-in data
  spikewright train                       -> model.safetensors
  spikewright adapt model.safetensors     -> adapted.safetensors, if convert refuses what is in it
  spikewright compress model.safetensors  -> compressed.safetensors
  spikewright convert compressed.safetensors  -> network.spike
  spikewright diagnose network.spike compressed.safetensors  -> diagnosis.parquet, .csv, pictures
  spikewright simulate network.spike      -> activity.parquet, .csv
  spikewright export network.spike        -> spike-core/"""
