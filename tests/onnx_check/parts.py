"""The parts of the check, each in pieces that can be counted one after the other, and what becomes of each piece."""

import multiprocessing as mp
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.onnx_check.comparing import compared, onnxruntime
from tests.onnx_check.damage import send_outcomes
from tests.onnx_check.drawing import drawn
from tests.onnx_check.exporting import VERSIONS, outcome
from tests.onnx_check.networks import NETWORKS, network
from tests.onnx_check.quantised_files import SETTINGS, quantised_outcome

CHUNK = 250
Outcomes = Iterator[tuple[str, str]]
"""What happened, and why where that is told: "equal", "wrong" and so on."""


@dataclass(frozen=True)
class CheckPart:
    """A part by its name in commands; `told` stands on the page. `outcomes(piece, folder)` counts one of `pieces`.

    kinds: outcomes that are shown even where there are none.
    """

    name: str
    told: str
    pieces: int
    outcomes: Callable[[int, Path], Outcomes]
    kinds: tuple[str, ...] = ("equal", "wrong")


def parts(graphs: int = 5000, damages: int = 10500) -> list[CheckPart]:
    """All parts but operators one by one, with so many drawn graphs and damaged files."""
    exports = [
        CheckPart(
            exporter, f"{len(NETWORKS)} networks written by {exporter} at versions 11 to 21", len(NETWORKS), exported
        )
        for exporter, exported in (("TorchScript", _by_torchscript), ("dynamo", _by_dynamo))
    ]
    drawings = f"{graphs:,} drawn graphs of versions 11 to 21, beside onnxruntime"
    quantised = f"{len(NETWORKS)} networks in integers, {len(SETTINGS)} settings of onnxruntime.quantization each"
    return [
        CheckPart("graphs", drawings, -(-graphs // CHUNK), lambda piece, folder: _graphs(piece, graphs, folder)),
        *exports,
        CheckPart("quantised", quantised, len(NETWORKS), _quantised),
        CheckPart(
            "damages",
            f"{damages:,} damaged files",
            -(-damages // CHUNK),
            lambda piece, folder: _damages(piece, damages, folder),
            ("read", "refused", "wrong"),
        ),
    ]


def _seeds(piece: int, count: int) -> range:
    return range(piece * CHUNK, min((piece + 1) * CHUNK, count))


def _graphs(piece: int, count: int, folder: Path) -> Outcomes:
    for seed in _seeds(piece, count):
        kind, why = compared(drawn(seed), onnxruntime, folder)
        yield kind, f"drawn graph {seed}: {kind}: {why}"


def _damages(piece: int, count: int, folder: Path) -> Outcomes:
    """In a process of its own: what is damaged must not end this one."""
    seeds = _seeds(piece, count)
    receiver, sender = mp.Pipe(duplex=False)
    process = mp.get_context("forkserver").Process(target=send_outcomes, args=(seeds, folder, sender))
    process.start()
    sender.close()
    try:
        found = receiver.recv()
    except EOFError:
        process.join(10)
        found = Counter({f"seeds {seeds}: the process ended with {process.exitcode}": 1})
    process.join(10)
    for kind, times in found.items():
        yield from [(kind if kind in ("read", "refused") else "wrong", kind)] * times


def _by_torchscript(piece: int, folder: Path) -> Outcomes:
    return _exports("TorchScript", piece, folder)


def _by_dynamo(piece: int, folder: Path) -> Outcomes:
    return _exports("dynamo", piece, folder)


def _exports(exporter: str, piece: int, folder: Path) -> Outcomes:
    name = list(NETWORKS)[piece]
    model, images = network(name)
    for version in VERSIONS:
        kind, why = outcome(model, images, (exporter, version), folder / "exported.onnx")
        yield kind, f"{name} by {exporter} at {version}: {kind}: {why}"


def _quantised(piece: int, folder: Path) -> Outcomes:
    name = list(NETWORKS)[piece]
    for settings in SETTINGS:
        kind, why = quantised_outcome(name, settings, folder)
        yield kind, f"{name} in {settings.told}: {kind}: {why}"
