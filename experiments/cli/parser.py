"""The arguments of every command. Nothing heavy is imported here: --help is instant."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from spikewright import __version__
from spikewright.experiments.cli.recipes import add_recipe

Parser = argparse.ArgumentParser


class _Parser(Parser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; try {self.prog} --help\n")


def make_parser() -> Parser:
    """The parser of `spikewright`; `options.run` is (module in experiments.cli, function)."""
    parser = _Parser(prog="spikewright", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"spikewright {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (add, module, summary, example) in _COMMANDS.items():
        form = argparse.RawDescriptionHelpFormatter
        one = commands.add_parser(
            name, help=summary, description=summary, epilog=f"example:\n  {example}", formatter_class=form
        )
        add(one)
        one.add_argument("--seed", type=_seed, default=0, help="seed of everything that is drawn (default: 0)")
        one.add_argument("--quiet", action="store_true", help="show no progress")
        one.set_defaults(run=(module, f"run_{name}"))
    return parser


def _seed(text: str) -> int:
    """The seed in `text`: one that numpy, torch and the engines all take."""
    seed = int(text) if text.lstrip("+-").isdecimal() else -1
    if not 0 <= seed < 2**63:
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 to 2**63 - 1, got {text}")
    return seed


def _demo(parser: Parser) -> None:
    parser.add_argument("--dataset", default="digits", help="digits (built in), mnist or fashion-mnist")
    _data(parser)
    parser.add_argument(
        "--out", type=Path, default=Path("runs/demo"), help="folder of the results (default: runs/demo)"
    )
    _workers(parser)


def _train(parser: Parser) -> None:
    parser.add_argument(
        "--model", help="built-in architecture, or your own as package.module:factory (default: small_cnn)"
    )
    parser.add_argument("--zoo", metavar="NAME", help="take this trained network instead of training one")
    _dataset(parser, told="digits")
    parser.add_argument("--epochs", type=int, default=60, help="passes over the training images (default: 60)")
    parser.add_argument("--batch-size", type=int, default=32, help="images of one update (default: 32)")
    parser.add_argument("--lr", type=float, default=0.05, help="largest learning rate (default: 0.05)")
    parser.add_argument("--shift", type=int, default=1, help="move images by up to so many pixels (default: 1)")
    parser.add_argument("--checkpoint", type=Path, help="folder to resume from after each epoch")
    _out(parser, "model.safetensors")


def _compress(parser: Parser) -> None:
    _source(parser)
    parser.add_argument("--sparsity", type=float, default=0.8, help="share of weights set to zero (default: 0.8)")
    parser.add_argument("--bits", type=int, default=4, help="bits of a weight, 2 to 8 (default: 4)")
    parser.add_argument(
        "--activation-bits", type=int, default=None, help="bits of an activation (default: real values)"
    )
    parser.add_argument("--epochs", type=int, default=15, help="fine-tuning after quantisation (default: 15)")
    parser.add_argument("--images", type=int, help="training images for fine-tuning (default: all)")
    _out(parser, "compressed.safetensors")


def _convert(parser: Parser) -> None:
    _source(parser)
    parser.add_argument("--samples", type=int, default=500, help="training images that show the ranges (default: 500)")
    parser.add_argument("--float", action="store_true", help="keep float32 numbers instead of integers")
    parser.add_argument("--weight-bits", type=int, help="most bits of a weight in integers (default: 8)")
    parser.add_argument(
        "--potential-bits", type=int, help="bits of a potential in integers (default: as many as never saturate)"
    )
    parser.add_argument(
        "--diagnosis", action=argparse.BooleanOptionalAction, default=True,
        help="say where it loses, and compare with the CNN at equal information",
    )  # fmt: skip
    _images(parser, 200)
    add_recipe(parser)
    _out(parser, "network.spike")


def _diagnose(parser: Parser) -> None:
    parser.add_argument("network", type=Path, help="a network that convert wrote")
    _source(parser)
    parser.add_argument("--samples", type=int, default=500, help="training images for the CNN's ranges (default: 500)")
    _images(parser, 200)
    _out(parser, "diagnosis")


def _simulate(parser: Parser) -> None:
    parser.add_argument("file", type=Path, help="a network that convert wrote")
    _dataset(parser)
    parser.add_argument("--steps", type=int, help="other than the network's own")
    parser.add_argument("--engine", help="event, temporal or reference (default: as the code needs)")
    _images(parser)
    _out(parser, "activity")


def _attack(parser: Parser) -> None:
    parser.add_argument("files", nargs="+", type=Path, help="models and networks, side by side")
    _dataset(parser)
    _factory(parser)
    parser.add_argument(
        "--attacks", nargs="*", default=["fgsm", "pgd"], metavar="NAME", help="fgsm, pgd (default: both)"
    )
    parser.add_argument(
        "--epsilons", nargs="+", type=float, default=[0.02, 0.05, 0.1], help="budgets (default: 0.02 0.05 0.1)"
    )
    parser.add_argument(
        "--norm", choices=("linf", "l2"), default="linf", help="how a budget is measured (default: linf)"
    )
    parser.add_argument("--pgd-steps", type=int, default=20, help="steps of PGD (default: 20)")
    parser.add_argument(
        "--transfer-from", type=Path, metavar="FILE", help="make the adversarials on this model instead"
    )
    parser.add_argument("--noise", nargs="*", default=[], metavar="KIND", help="gaussian, impulse, spike-deletion, ...")
    parser.add_argument(
        "--strengths", nargs="+", type=float, default=[0.1, 0.2], help="of the noise (default: 0.1 0.2)"
    )
    _images(parser, 200)
    _out(parser, "attack")


def _estimate(parser: Parser) -> None:
    parser.add_argument("file", type=Path, help="a fixed-point network that convert wrote")
    _dataset(parser)
    _design(parser, "hybrid")
    _images(parser)
    _out(parser, "estimate")


def _explore(parser: Parser) -> None:
    parser.add_argument("files", nargs="+", type=Path, help="fixed-point networks that convert wrote")
    _dataset(parser)
    _device(parser)
    _images(parser)
    _out(parser, "explore")


def _export(parser: Parser) -> None:
    parser.add_argument("file", type=Path, help="a fixed-point network that convert wrote")
    _dataset(parser)
    _design(parser, "best")
    parser.add_argument("--best-by", default="fpga_energy_uj", help="column that the best design makes small")
    parser.add_argument("--golden", type=int, default=4, help="test images with golden traces (default: 4)")
    _images(parser)
    parser.add_argument("--out", type=Path, default=Path("spike-core"), help="folder to write (default: spike-core)")


def _study(parser: Parser) -> None:
    parser.add_argument("file", type=Path, help="the study, YAML or TOML")
    parser.add_argument("--out", type=Path, help="folder of the results (default: runs/NAME)")
    _workers(parser)


def _report(parser: Parser) -> None:
    parser.add_argument("folder", type=Path, help="the folder of a study that has been run")


def _stdp(parser: Parser) -> None:
    parser.add_argument("--dataset", help="a name, or your own FILE.npz (default: mnist with --data, digits without)")
    _data(parser)
    parser.add_argument("--neurons", type=int, help="neurons that learn (default: 400; digits: 100)")
    parser.add_argument("--passes", type=int, help="passes over the training images (default: 1; digits: 5)")
    parser.add_argument(
        "--out", type=Path, default=Path("runs/stdp"), help="folder of the results, resumed from (default: runs/stdp)"
    )


def _source(parser: Parser) -> None:
    parser.add_argument("file", type=Path, nargs="?", help="the file that train or compress wrote")
    _factory(parser)
    parser.add_argument("--weights", type=Path, help="your own model's weights: safetensors, or a state dict (.pt)")
    _dataset(parser)


def _factory(parser: Parser) -> None:
    parser.add_argument(
        "--model",
        metavar="PACKAGE.MODULE:FACTORY",
        help="your own model, also from the working folder, or an ONNX file",
    )


def _dataset(parser: Parser, told: str = "the one that the file was made with") -> None:
    parser.add_argument("--dataset", help=f"a name, or your own FILE.npz (default: {told})")
    _data(parser)


def _data(parser: Parser) -> None:
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="the data set's files; without it they are downloaded"
    )


def _images(parser: Parser, default: int | None = None) -> None:
    told = default or "all"
    parser.add_argument("--images", type=int, default=default, help=f"first test images to use (default: {told})")


def _design(parser: Parser, default: str) -> None:
    designs = ("fully-parallel", "time-multiplexed", "hybrid", "best")
    parser.add_argument("--design", choices=designs, default=default, help=f"architecture (default: {default})")
    _device(parser)


def _device(parser: Parser) -> None:
    parser.add_argument("--device", default="xc7a100t", help="FPGA (default: xc7a100t)")
    parser.add_argument("--clock-mhz", type=float, default=100.0, help="clock (default: 100)")


def _workers(parser: Parser) -> None:
    parser.add_argument("--workers", type=int, default=1, help="processes for tasks side by side (default: 1)")


def _out(parser: Parser, default: str) -> None:
    parser.add_argument("--out", type=Path, default=Path(default), help=f"what to write (default: {default})")
    parser.add_argument("--force", action="store_true", help="replace files at --out that this command did not write")


_ABOUT = """From a trained CNN to a compressed spiking network: simulated exactly, attacked, costed on an FPGA, exported.

  spikewright demo                        everything at once, on built-in data
  spikewright train                       -> model.safetensors
  spikewright compress model.safetensors  -> compressed.safetensors
  spikewright convert compressed.safetensors  -> network.spike
  spikewright diagnose network.spike compressed.safetensors  -> diagnosis.parquet, .csv, pictures
  spikewright simulate network.spike      -> activity.parquet, .csv
  spikewright export network.spike        -> spike-core/"""

_Command = tuple[Callable[[Parser], None], str, str, str]
_COMMANDS: dict[str, _Command] = {
    "demo": (_demo, "studies", "Run the whole pipeline on one data set and write a report.", "spikewright demo --out runs/demo"),
    "train": (_train, "models", "Train a built-in network, or your own.", "spikewright train --model small_cnn --dataset digits"),
    "compress": (
        _compress, "models", "Prune and quantise a trained network with fine-tuning.",
        "spikewright compress model.safetensors --sparsity 0.8 --bits 4 --activation-bits 3\n"
        "  spikewright compress --model mymodels:lenet --weights lenet.pt --dataset mnist --data FOLDER",
    ),
    "convert": (
        _convert, "convert", "Turn a trained or compressed network into a spiking one, and say where it loses.",
        "spikewright convert compressed.safetensors --recipe rate --steps 7\n"
        "  spikewright convert model.safetensors --neuron burst --steps 4 --limit 3 --schedule layerwise",
    ),
    "diagnose": (
        _diagnose, "convert", "Say where a spiking network loses against its model, layer by layer, and draw it.",
        "spikewright diagnose network.spike compressed.safetensors --images 500 --out diagnosis",
    ),
    "simulate": (
        _simulate, "models", "Run a spiking network on the test images, event by event.",
        "spikewright simulate network.spike --images 200",
    ),
    "attack": (
        _attack, "assess", "Attack models and spiking networks, and put noise on them.",
        "spikewright attack model.safetensors network.spike --attacks pgd --epsilons 0.05 0.1 --images 100",
    ),
    "estimate": (
        _estimate, "assess", "Estimate area, latency and energy of one design on an FPGA.",
        "spikewright estimate network.spike --design hybrid --device xc7a100t",
    ),
    "explore": (
        _explore, "assess", "Estimate many designs and draw energy against area.",
        "spikewright explore network.spike --device xc7a100t",
    ),
    "export": (
        _export, "assess", "Write a spike core with memories and golden traces, and replay it.",
        "spikewright export network.spike --design best --out spike-core",
    ),
    "study": (
        _study, "studies", "Run what is missing of a study and write its report.",
        "spikewright study study.yaml --workers 2",
    ),
    "stdp": (
        _stdp, "learn", "Train a winner-take-all network without labels, by spike timing.",
        "spikewright stdp --data FOLDER --neurons 400 --seed 0",
    ),
    "report": (_report, "studies", "Write the report of a study again.", "spikewright report runs/demo"),
}  # fmt: skip


def commands() -> tuple[str, ...]:
    """The names of all commands."""
    return tuple(_COMMANDS)
