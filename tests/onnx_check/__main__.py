"""`make onnx-check`: operators, drawn graphs beside onnxruntime, damaged files and both exporters of PyTorch; docs/onnx.md.

python -m tests.onnx_check                                  all of it
python -m tests.onnx_check --graphs 100 --damages 100       less of it, to look at
"""

import argparse
import multiprocessing as mp
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.onnx_check import page
from tests.onnx_check.comparing import compared, onnxruntime
from tests.onnx_check.damage import send_outcomes
from tests.onnx_check.drawing import drawn
from tests.onnx_check.exporting import EXPORTERS, VERSIONS, outcome
from tests.onnx_check.networks import NETWORKS, network
from tests.onnx_check.node_cases import rows

CHUNK = 500


def main(given: Sequence[str] | None = None) -> int:
    """Count everything, write the page, and say what is wrong; 1 where something is."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.onnx_check", description="What of ONNX is imported, and how."
    )
    parser.add_argument("--graphs", type=int, default=5000, help="drawn graphs, compared with onnxruntime")
    parser.add_argument("--damages", type=int, default=12000, help="damaged files")
    parser.add_argument("--versions", type=int, nargs="*", default=list(VERSIONS), help="versions that exporters write")
    parser.add_argument("--page", type=Path, default=page.PAGE, help="the page that is written")
    chosen = parser.parse_args(given)
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        nodes = rows(folder)
        counted = {"operators of the package onnx, one by one": page.whole(nodes)}
        wrong = [line for row in nodes.values() for line in row.wrong]
        checks = (
            (
                f"drawn graphs beside onnxruntime, versions {VERSIONS[0]} to {VERSIONS[-1]}",
                _graphs(chosen.graphs, folder),
            ),
            ("damaged files", _damages(chosen.damages, folder)),
            *((f"networks written by {one}", _exports(one, chosen.versions, folder)) for one in EXPORTERS),
        )
        for what, found in checks:
            counted[what], more = _told(what, found)
            wrong += more
    page.write(nodes, counted, chosen.page)
    for line in wrong:
        print(line)
    return int(bool(wrong))


def _told(what: str, found: Iterator[tuple[str, str]]) -> tuple[Counter[str], list[str]]:
    """How often each happened, and what should not have."""
    counts: Counter[str] = Counter(
        {"equal": 0, "wrong": 0} if "damaged" not in what else {"read": 0, "refused": 0, "wrong": 0}
    )
    strange = []
    for kind, why in found:
        counts[kind] += 1
        if kind == "wrong":
            strange.append(why)
    print(what, dict(counts), flush=True)
    return counts, strange


def _graphs(count: int, folder: Path) -> Iterator[tuple[str, str]]:
    for seed in range(count):
        kind, why = compared(drawn(seed), onnxruntime, folder)
        yield kind, f"drawn graph {seed}: {kind}: {why}"


def _damages(count: int, folder: Path) -> Iterator[tuple[str, str]]:
    """In processes of their own: what is damaged must not end this one."""
    for first in range(0, count, CHUNK):
        seeds = range(first, min(first + CHUNK, count))
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


def _exports(exporter: str, versions: Sequence[int], folder: Path) -> Iterator[tuple[str, str]]:
    for name in NETWORKS:
        model, images = network(name)
        for version in versions:
            kind, why = outcome(model, images, (exporter, version), folder / "exported.onnx")
            yield kind, f"{name} by {exporter} at {version}: {kind}: {why}"


if __name__ == "__main__":
    sys.exit(main())
