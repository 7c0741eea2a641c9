"""The parser of `spikewright`, built from the table of commands. Nothing heavy is imported here: --help is instant."""

import argparse
from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import Any, NoReturn

from spikewright import __version__
from spikewright.experiments.cli.arguments import COMMON
from spikewright.experiments.cli.commands import COMMANDS
from spikewright.experiments.cli.flags import Flag, TableFlags
from spikewright.experiments.cli.names import listed, tables, width
from spikewright.importing import nearest

Parser = argparse.ArgumentParser


class _Parser(Parser):
    """An argument parser whose errors are one line, and whose help ends with the names of tables.

    nouns: these tables.
    """

    nouns: tuple[str, ...] = ()
    example = ""

    def format_help(self) -> str:
        self.formatter_class = _formatter  # not before: argparse makes one for each argument that is added
        self.epilog = "\n\n".join(part for part in (self.example, listed(self.nouns)) if part)
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        way = "" if "; try " in message else f"; try {self.prog} --help"
        self.exit(2, f"{self.prog}: {' '.join(message.split())}{way}\n")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Raise argparse's error, with the nearest name, unless a value is one of those to choose from."""
        if action.choices is not None and value not in action.choices:
            near = nearest(value, action.choices)
            way = f"; try {near}" if near else ""
            raise argparse.ArgumentError(action, f"expected one of {', '.join(action.choices)}, got {value!r:.60}{way}")


def make_parser() -> Parser:
    """The parser of `spikewright`; `options.run` is (module in experiments.cli, function)."""
    parser = _Parser(prog="spikewright", description=_ABOUT)
    parser.nouns = tables()
    parser.add_argument("--version", action="version", version=f"spikewright {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", prog=parser.prog)
    for name, command in COMMANDS.items():
        one = commands.add_parser(name, help=command.summary, description=command.summary)
        one.example, one.nouns = f"example:\n  {command.example}", command.tables
        _add(one, (*command.flags, *COMMON))
        one.set_defaults(run=(command.module, f"run_{name.replace('-', '_')}"), parser=one)
    return parser


def read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The options that the arguments say. Raises SystemExit: 2, after one line on stderr, for what cannot be read."""
    options, unknown = make_parser().parse_known_args(arguments)
    if unknown:
        _refuse(options.parser, unknown[0])
    return options


def _refuse(parser: Parser, argument: str) -> NoReturn:
    """The error about an argument that a command does not have, with the nearest flag."""
    if not argument.startswith("-"):
        parser.error(f"expected no further argument, got {argument!r:.60}")
    flags = [flag for flag in parser._option_string_actions if flag.startswith("--")]
    near = nearest(argument.partition("=")[0], flags)
    parser.error(f"expected flags that there are, got {argument!r:.60}" + (f"; try {near}" if near else ""))


def commands() -> tuple[str, ...]:
    """The names of all commands."""
    return tuple(COMMANDS)


def _formatter(prog: str) -> argparse.HelpFormatter:
    """What lays out `--help`, fitted to the terminal and coloured in one; loaded when help is asked for."""
    from rich_argparse import RawDescriptionRichHelpFormatter

    class PlainHelp(RawDescriptionRichHelpFormatter):
        """Brackets in texts are brackets, no markup."""

        help_markup, text_markup = False, False

    return PlainHelp(prog)


def _add(parser: Parser, flags: Iterable[Flag | TableFlags]) -> None:
    """The flags in their order; those of a table's settings in a group of their own."""
    for one in flags:
        if isinstance(one, Flag):
            parser.add_argument(*one.names, help=one.told.replace("%", "%%"), **one.settings)
        else:
            title = "settings" if len(one.entries) == 1 else f"settings of each {one.noun}"
            group = parser.add_argument_group(title, fill(_GROUP.get(one.noun, ""), width()))
            for each in one.flags():
                group.add_argument(*each.names, help=each.told.replace("%", "%%"), **each.settings)


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
