"""`make onnx-check`: operators, drawn graphs beside onnxruntime, damaged files and both exporters of PyTorch; docs/onnx.md.

python -m tests.onnx_check                                  all of it
python -m tests.onnx_check --only graphs --graphs 100       a part, or less of it; the page keeps what was counted before
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
PARTS = ("operators", "graphs", "damages", *EXPORTERS)


def main(given: Sequence[str] | None = None) -> int:
    """Count everything, write the page, and say what is wrong; 1 where something is."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.onnx_check", description="What of ONNX is imported, and how."
    )
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS, help="parts of the check")
    parser.add_argument("--graphs", type=int, default=5000, help="drawn graphs, compared with onnxruntime")
    parser.add_argument("--damages", type=int, default=12000, help="damaged files")
    parser.add_argument("--versions", type=int, nargs="*", default=list(VERSIONS), help="versions that exporters write")
    parser.add_argument(
        "--results", type=Path, default=page.RESULTS, help="what was counted; the page is written of it"
    )
    parser.add_argument("--page", type=Path, default=page.PAGE, help="the page that is written")
    chosen = parser.parse_args(given)
    warnings.simplefilter("ignore")
    results, wrong = page.load(chosen.results), list[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "operators" in chosen.only:
            nodes = rows(folder)
            results["operators"] = page.as_json(nodes)
            wrong += [line for row in nodes.values() for line in row.wrong]
        for what, found in _checks(chosen, folder):
            results["checks"][what], strange = _told(what, found)
            wrong += strange
            page.save(results, chosen.results)
    page.save(results, chosen.results)
    page.write(results, chosen.page)
    for line in wrong:
        print(line)
    return int(bool(wrong))


def _checks(chosen: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    """What is checked beside operators one by one, and each outcome."""
    if "graphs" in chosen.only:
        yield "drawn graphs of versions 11 to 21, beside onnxruntime", _graphs(chosen.graphs, folder)
    if "damages" in chosen.only:
        yield "damaged files", _damages(chosen.damages, folder)
    for exporter in EXPORTERS:
        if exporter in chosen.only:
            told = f"{len(NETWORKS)} networks written by {exporter} at versions {_listed(chosen.versions)}"
            yield told, _exports(exporter, chosen.versions, folder)


def _listed(versions: Sequence[int]) -> str:
    whole = list(versions) == list(range(versions[0], versions[-1] + 1))
    return f"{versions[0]} to {versions[-1]}" if whole else ", ".join(map(str, versions))


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
