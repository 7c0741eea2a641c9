"""Unsupervised learning by spike timing on a data set: train, label the neurons, classify the test images."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import FolderKind, InvalidInput, Kind, Progress, Table, atomic_path, claim_folder
from spikewright.experiments.data.load import Dataset
from spikewright.experiments.learning.checkpoint import PROGRESS_FILE, Progressed, resume, save_progress
from spikewright.experiments.records.provenance import Provenance
from spikewright.kinds import json_with
from spikewright.progress import shown, watched
from spikewright.snn.learning.records import AdaptiveLIF, Learned, Presentation, StdpRule, WinnerTakeAll
from spikewright.snn.learning.run import decide, label_neurons, respond, start_stdp, train_stdp

_FILES = ("stdp.safetensors", "result.json", "curve.csv", "curve.png", "receptive-fields.png")
RESULT_FILE = Kind("a result of stdp", json_with("configuration", "provenance", "weights_sha256"))


def _older(folder: Path) -> tuple[str, ...] | None:
    """The files of a run that was made before folders carried a marker."""
    return _FILES if PROGRESS_FILE.made(folder / "stdp.safetensors") else None


STDP_FOLDER = FolderKind("a run of stdp", older=_older)


@dataclass(frozen=True)
class StdpRun:
    """What is asked for: neurons, passes over the training images, seed, and images between two points of the curve."""

    neurons: int = 400
    passes: int = 1
    seed: int = 0
    interval: int = 5000

    def __post_init__(self) -> None:
        for name in ("neurons", "passes", "interval"):
            if getattr(self, name) < 1:
                raise InvalidInput(f"expected at least 1 for {name}, got {getattr(self, name)}")


@dataclass(frozen=True, eq=False)
class StdpResult:
    """What was measured. `curve`: accuracy on training images as they are learned, neurons named by the interval before."""

    learned: Learned
    assigned: NDArray[np.int64]
    curve: Table
    numbers: Mapping[str, Any] = field(default_factory=dict)


def design_of(dataset: Dataset, neurons: int) -> WinnerTakeAll:
    """The network for a data set: the defaults at 28 x 28 pixels, stronger and faster inputs for the 8 x 8 digits."""
    inputs = int(np.prod(dataset.shape))
    if dataset.name == "digits":
        return WinnerTakeAll(
            inputs, neurons, neuron=AdaptiveLIF(theta_plus=0.1), rule=StdpRule(weight_sum=16.0),
            shown=Presentation(shown_ms=150.0, rate_hz=200.0, raise_hz=50.0),
        )  # fmt: skip
    return WinnerTakeAll(inputs, neurons, rule=StdpRule(weight_sum=0.1 * inputs))


@watched
def run_stdp(
    dataset: Dataset, wanted: StdpRun, out: str | Path | None = None, *, progress: Progress = shown
) -> StdpResult:
    """Train on all training images, label neurons with them once more, and classify all test images.

    With `out`, a folder, progress is kept there after each interval; a later call goes on from it to the same bytes.
    Raises InvalidInput when the folder holds another run, InvalidFile when its file is damaged or the folder is not ours.
    """
    if dataset.shape[0] != 1:
        raise InvalidInput(f"expected images with one channel, got {dataset.shape[0]}; try mnist")
    path = None if out is None else claim_folder(out, STDP_FOLDER) / "stdp.safetensors"
    state = _train(dataset, wanted, path, progress)
    classes = len(dataset.classes)
    answers = respond(state.learned, dataset.train_images, "label", progress=progress)
    assigned = label_neurons(answers, dataset.train_labels, classes)
    test = respond(state.learned, dataset.test_images, "classify", progress=progress)
    right = decide(test, assigned, classes) == dataset.test_labels
    operations = {f"synaptic_operations_{name}": float(n.mean()) for name, n in test.synaptic_operations.items()}
    numbers = {
        "accuracy": float(right.mean()),
        "test_images": len(right),
        "labelling_images": len(dataset.train_images),
        "presentations": state.learned.presentations,
        "silent_neurons": int((assigned < 0).sum()),
        "input_spikes": float(test.input_spikes.mean()),
        "output_spikes": float(test.output_spikes.mean()),
        **operations,
    }
    return StdpResult(state.learned, assigned, state.table, numbers)


def default_run(dataset: str, seed: int = 0) -> StdpRun:
    """Neurons, passes and interval that fit a data set by name."""
    return StdpRun(100, 5, seed, 1347) if dataset == "digits" else StdpRun(seed=seed)


def _train(dataset: Dataset, wanted: StdpRun, path: Path | None, progress: Progress) -> Progressed:
    images, labels = dataset.train_images, dataset.train_labels
    network = design_of(dataset, wanted.neurons)
    run = {"network": asdict(network), "interval": wanted.interval, "seed": wanted.seed, "images": _hash(dataset)}
    state = Progressed(start_stdp(network, wanted.seed), np.zeros(0, np.int64), ())
    if path is not None and path.exists():
        state = resume(path, run, state)
    total = wanted.passes * len(images)
    if state.learned.presentations > total:
        raise InvalidInput(
            f"expected at most {total} presentations in {path}, got {state.learned.presentations}; try another --out"
        )
    while state.learned.presentations < total:
        first = state.learned.presentations
        part = min(wanted.interval, total - first)
        learned, responses = train_stdp(state.learned, images, part, progress=_within(progress, first, total))
        known = labels[np.arange(first, first + part) % len(images)]
        curve = state.curve
        if state.assigned.size:
            right = decide(responses, state.assigned, len(dataset.classes)) == known
            curve = (*curve, (first + part, float(right.mean()), part))
        assigned = label_neurons(responses, known, len(dataset.classes))
        state = replace(state, learned=learned, assigned=assigned, curve=curve)
        if path is not None:
            save_progress(path, run, state)
    return state


def _within(progress: Progress, first: int, total: int) -> Progress:
    return lambda stage, done, _: progress(stage, first + done, total)


def _hash(dataset: Dataset) -> str:
    return hashlib.sha256(dataset.train_images.tobytes()).hexdigest()[:16]


def write_result(result: StdpResult, dataset: Dataset, wanted: StdpRun, out: str | Path) -> tuple[Path, ...]:
    """Write result.json, curve.csv, curve.png and receptive-fields.png to the folder `out`; returns their paths.

    Raises InvalidFile for a folder that is anything but missing, empty, or one of stdp.
    """
    from spikewright.experiments.plots.stdp import caption, draw_curve, draw_fields
    from spikewright.experiments.plots.style import save_figure, styled

    out = claim_folder(out, STDP_FOLDER)
    asked = {"dataset": dataset.name, **asdict(wanted), "network": asdict(result.learned.network)}
    origin = Provenance.of(asked, (wanted.seed,)).to_dict()
    content = {"configuration": asked, **result.numbers, "provenance": origin, "weights_sha256": _fingerprint(result)}
    table = out / "curve.csv"
    result.curve.to_csv(table)
    with styled():
        import matplotlib.pyplot as plt

        told = caption(dataset.name, result.learned, wanted.passes)
        figure, ax = plt.subplots()
        draw_curve(ax, result.curve, result.numbers, told)
        pictures = save_figure(figure, out / "curve", ("png",))
        figure, ax = plt.subplots(figsize=(7.2, 7.4))
        draw_fields(ax, result.learned.weights, dataset.shape[1:], told)
        pictures += save_figure(figure, out / "receptive-fields", ("png",))
    path = out / "result.json"
    with atomic_path(path, RESULT_FILE) as temporary:
        temporary.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")
    return (path, table, *pictures)


def _fingerprint(result: StdpResult) -> str:
    """A fingerprint of what was learned: equal for equal bytes of weights and theta."""
    return hashlib.sha256(result.learned.weights.tobytes() + result.learned.theta.tobytes()).hexdigest()[:16]
