"""A study whose process can be made to hang in the midst of a training, a compression, noise or an attack, to be killed there.

    python -m tests.experiments.stages.hanging FOLDER NAME AT

runs it in `FOLDER` and hangs when the piece of work `NAME` begins for the `AT`-th time. What begins is a line of FOLDER/../begun.
"""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

from spikewright import FolderKind
from spikewright.compress.training.loop import _Loop
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.running import run
from spikewright.experiments.runs.state import RunState
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.training import run as training
from spikewright.robustness import table_rows
from spikewright.robustness.corruptions.images import GaussianNoise
from tests.experiments.studies.small_study import small

PIECES = {
    "epoch": (training, "_epoch"),
    "tuned": (_Loop, "_epoch"),
    "noise": (GaussianNoise, "harmed"),
    "attack": (table_rows, "attack_curve"),
}
WHOLE = {"epoch": 4, "tuned": 4, "noise": 3, "attack": 4}
"""How often each piece of work begins in a run that nothing disturbs."""
TUNING = {"epochs": 2, "batch_size": 32}
STUDY: dict[str, Any] = {
    "model": {"architecture": "small_cnn", "training": {"epochs": 4, "batch_size": 32}},
    "compressions": [
        {
            "name": "small",
            "methods": [
                {"method": "prune", "sparsity": 0.5, "rounds": 1, "final_epochs": 2, "training": TUNING},
                {"method": "quantize", "bits": 4, "training": TUNING},
            ],
        }
    ],
    "conversions": [],
    "robustness": {
        "images": 30,
        "subjects": ["ann"],
        "noise": [{"kind": "gaussian", "strengths": [0.1, 0.2, 0.4]}],
        "attacks": [{"kind": "pgd", "epsilons": [0.05, 0.1], "steps": 3}],
    },
}
BLOCK = 8
"""Images of the attack that are done together, so that there are four blocks."""


def made(folder: Path, name: str = "", at: int = 0) -> RunState:
    """Run the study in `folder`; the `at`-th piece of work `name` hangs."""
    begun = folder.parent / "begun"
    with ExitStack() as stack, HereRunner() as runner:
        stack.enter_context(mock.patch.object(table_rows, "BLOCK", BLOCK))
        for piece, (owner, called) in PIECES.items():
            told = _telling(getattr(owner, called), piece, begun, at if piece == name else 0)
            stack.enter_context(mock.patch.object(owner, called, told))
        return run(expand(small(**STUDY)), Store.claim(folder, FolderKind("a store of tests")), runner)


def _telling(original: Callable[..., Any], piece: str, begun: Path, at: int) -> Callable[..., Any]:
    def tell(*given: Any, **named: Any) -> Any:
        with begun.open("a") as file:
            file.write(f"{piece}\n")
        if begun.read_text().split().count(piece) == at:
            sys.stdout.write("hangs\n")
            sys.stdout.flush()
            sys.stdin.read()  # for ever: it stays open
        return original(*given, **named)

    return tell


if __name__ == "__main__":
    made(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
