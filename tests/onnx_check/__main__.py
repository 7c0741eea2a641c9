"""`make onnx-check`: operators, drawn graphs, both exporters of PyTorch, quantised and damaged files; docs/onnx.md.

python -m tests.onnx_check                          all of it; a run that was stopped goes on where it was, on the same commit
python -m tests.onnx_check --only graphs damages    some parts; the page is written once all are counted on one commit
"""

import argparse
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from tests.onnx_check import page
from tests.onnx_check.node_cases import rows
from tests.onnx_check.parts import CheckPart, parts
from tests.onnx_check.progress import Progress, begun, commit_of, versions


def main(given: Sequence[str] | None = None) -> int:
    """Count what is asked for, write the page once all is counted, and say what is wrong; 1 where something is."""
    chosen = _parser().parse_args(given)
    warnings.simplefilter("ignore")
    every = parts(chosen.graphs, chosen.damages)
    progress = begun(chosen.results.with_suffix(".part.json"), commit_of())
    names = [name for name in ("operators", *(part.name for part in every)) if name in (chosen.only or [name])]
    with tempfile.TemporaryDirectory() as name:
        if "operators" in names and not progress.operators:
            progress.operators = page.as_json(rows(Path(name)))
            progress.keep()
        for part in every:
            if part.name in names:
                _count(part, progress, Path(name))
    wrong = _wrong(progress)
    print("\n".join(wrong) or "nothing wrong")
    if progress.operators and all(progress.of(part.told)["done"] == part.pieces for part in every):
        _publish(progress, every, chosen.results, chosen.page)
    return int(bool(wrong))


def _parser() -> argparse.ArgumentParser:
    names = ("operators", *(part.name for part in parts()))
    parser = argparse.ArgumentParser(
        prog="python -m tests.onnx_check", description="What of ONNX is imported, and how."
    )
    parser.add_argument("--only", nargs="*", choices=names, help="parts of the check")
    parser.add_argument("--graphs", type=int, default=5000, help="drawn graphs, compared with onnxruntime")
    parser.add_argument("--damages", type=int, default=10500, help="damaged files")
    parser.add_argument(
        "--results", type=Path, default=page.RESULTS, help="what was counted; the page is written of it"
    )
    parser.add_argument("--page", type=Path, default=page.PAGE, help="the page that is written")
    return parser


def _count(part: CheckPart, progress: Progress, folder: Path) -> None:
    """The pieces of a part that were not counted yet."""
    for piece in range(progress.of(part.told)["done"], part.pieces):
        progress.add(part.told, list(part.outcomes(piece, folder)))
        print(f"{part.told}: {piece + 1} of {part.pieces} {progress.of(part.told)['counts']}", flush=True)


def _wrong(progress: Progress) -> list[str]:
    """What should not have been, of operators and of all parts."""
    found = [line for row in progress.operators.values() for line in row["wrong"]]
    return found + [line for part in progress.parts.values() for line in part["wrong"]]


def _publish(progress: Progress, every: list[CheckPart], results: Path, written: Path) -> None:
    """The counts of one commit, and the page of them; what was kept to go on with is removed."""
    checks = {
        part.told: {kind: progress.of(part.told)["counts"].get(kind, 0) for kind in part.kinds}
        | progress.of(part.told)["counts"]
        for part in every
    }
    found = {"counted": {"commit": progress.commit, **versions()}, "operators": progress.operators, "checks": checks}
    page.save(found, results)
    page.write(found, written)
    progress.path.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
