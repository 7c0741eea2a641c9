"""What the commands of conversion share: networks of the zoo with their data, and rows that are kept as they are measured."""

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from spikewright import (
    FolderKind,
    InvalidFile,
    InvalidInput,
    Kind,
    Progress,
    SpikewrightError,
    atomic_path,
    claim_folder,
)
from spikewright.experiments.records.provenance import Provenance, torch_threads
from spikewright.kinds import json_with

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset

ROW_FILE = Kind("a row of results", json_with("asked", "provenance", "values"))


def _older(folder: Path) -> list[str] | None:
    """The rows of a folder that was made before folders carried a marker."""
    return [path.name for path in folder.glob("*.json") if ROW_FILE.made(path)] or None


ROWS_FOLDER = FolderKind("a folder of measured rows", older=_older)
Values = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Rows:
    """One JSON file in `folder` for each row; a row that was measured before is read, not measured again."""

    folder: Path
    progress: Progress

    def row(self, name: str, asked: Mapping[str, Any], measure: Callable[[], Values]) -> Values:
        """The values of the row `name`, with commit and version: read from its file, or measured and written to it.

        `asked`: all settings that decide the values, as plain JSON values; they name the file. The file also says under which
        versions, commit, machine and threads it was measured, and these stay as they are when it is read again. Raises
        InvalidFile for a damaged file, and for one that was measured with other settings.
        """
        provenance = Provenance.of(dict(asked), (int(asked.get("seed", 0)),))
        path = self.folder / f"{_plain(name)}-{provenance.configuration[:8]}.json"
        if not path.is_file():
            measured = measure()
            origin = replace(provenance, threads=torch_threads()).to_dict()
            write_row(path, {"asked": dict(asked), "provenance": origin, "values": measured})
        return _read(path, asked)


def write_row(path: Path, kept: Mapping[str, Any]) -> None:
    """Write a row of results; raises InvalidFile when another file is there."""
    with atomic_path(path, ROW_FILE) as temporary:
        temporary.write_text(json.dumps(kept, indent=2) + "\n")


@dataclass(frozen=True, eq=False)
class TestedNetwork:
    """A network of the zoo in evaluation mode, the data set that it was trained on, and what identifies both.

    `accuracy`: that of its card, on the whole test set.
    """

    name: str
    model: Any
    data: "Dataset"
    asked: Mapping[str, Any]
    accuracy: float


def tested_network(name: str, options: argparse.Namespace, *, train: int | None = None) -> TestedNetwork:
    """The network `name` with the first `options.images` test and `train` training images. Raises InvalidInput, InvalidFile."""
    from spikewright.experiments.data.load import load_dataset
    from spikewright.experiments.zoo import WEIGHTS, card, load

    if options.images is not None and options.images < 1:
        raise InvalidInput(f"expected at least 1 test image, got {options.images}")
    folder = options.weights or WEIGHTS
    known = card(name, folder)
    data = load_dataset(known.dataset, options.data).first(train=train, test=options.images)
    asked = {"network": name, "weights": known.weights_md5, "images": len(data.test_labels)}
    return TestedNetwork(name, load(name, folder).eval(), data, asked, known.accuracy)


def chosen(known: Mapping[str, T], names: Sequence[str] | None, what: str) -> dict[str, T]:
    """Those of the table `known` that are named, in its order; all without names. Raises InvalidInput for unknown ones."""
    unknown = set(names or ()) - known.keys()
    if unknown:
        raise InvalidInput(f"expected {what} out of {', '.join(known)}, got {', '.join(sorted(unknown))}")
    return {name: value for name, value in known.items() if not names or name in names}


def add_sources(parser: argparse.ArgumentParser, *, network: str | None) -> None:
    """--network, --weights, --data and --images; `network` is the default, None asks for one."""
    told = "networks of the zoo" + (f" (default: {network})" if network else "")
    parser.add_argument("--network", nargs="+", required=network is None, default=[network], help=told)
    parser.add_argument("--weights", type=Path, help="folder with other weights and cards, of another seed say")
    parser.add_argument("--data", type=Path, help="folder with the data sets; without it, they are downloaded")
    parser.add_argument("--images", type=int, help="use the first so many test images (default: all)")


def add_output(parser: argparse.ArgumentParser, folder: str) -> None:
    """--output and --quiet."""
    parser.add_argument("--output", type=Path, default=Path(folder), help=f"folder for rows (default: {folder})")
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(options: argparse.Namespace, work: Callable[[argparse.Namespace, Rows], int]) -> int:
    """The exit code of `work`; 2 after bad input, which is told in one line."""
    from spikewright.experiments.cli.console import progress_bars

    try:
        folder = claim_folder(options.output, ROWS_FOLDER)
        with progress_bars(options.quiet) as progress:
            return work(options, Rows(folder, progress))
    except SpikewrightError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"expected a folder to write to, got: {error}; try another --output", file=sys.stderr)
        return 2


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _read(path: Path, asked: Mapping[str, Any]) -> Values:
    try:
        kept = json.loads(path.read_text())
        origin = Provenance.from_dict(kept["provenance"]).columns()
        values, found = dict(kept["values"]), kept["asked"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidFile(f"expected a row of results in {path}, got: {error}; remove it to measure again") from error
    if found != json.loads(json.dumps(dict(asked))):
        raise InvalidFile(f"expected a row for {dict(asked)} in {path}, got one for {found}; try another --output")
    return {**values, "commit": _short(origin["commit"]), "spikewright": origin["spikewright"]}


def _short(commit: str) -> str:
    """The first digits of a commit and its mark."""
    head, mark, rest = commit.partition(",")
    return head[:10] + mark + rest
