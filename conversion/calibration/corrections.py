"""The corrections of a whole network, population by population in its own order, each behind the corrected ones."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from spikewright import InvalidInput, Progress
from spikewright.conversion.calibration.advanced import stored, tunable, tune
from spikewright.conversion.calibration.arriving import HELD, Drives
from spikewright.conversion.calibration.layer_run import LayerRun
from spikewright.conversion.calibration.light import Attempt, Shift, attempt, correctable
from spikewright.conversion.calibration.sample_budget import affordable
from spikewright.conversion.calibration.settings import FEWEST_SAMPLES, Advanced, Calibration
from spikewright.conversion.reading.activations import ActivationLaw
from spikewright.progress import shown, watched
from spikewright.snn import Network, Population, ReportRow
from spikewright.snn.twin.synapses import Path

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _Done:
    """A population after its correction: what it sends, its error on held samples before and after, and words."""

    population: Population
    paths: dict[str, Path]
    before: float
    after: float
    told: str

    @property
    def row(self) -> ReportRow:
        """What the report says of it."""
        text = f"{self.told}; squared error on held-out samples {self.before:.3%} before, {self.after:.3%} after"
        action: Literal["rewritten", "kept"] = "rewritten" if self.after < self.before else "kept"
        return ReportRow(self.population.name, "calibration", action, text)


@watched
def calibrate(
    network: Network,
    images: Tensor,
    settings: Calibration,
    activations: Mapping[str, ActivationLaw] | None = None,
    model: Network | None = None,
    *,
    progress: Progress = shown,
) -> Network:
    """`network` with corrected biases, initial potentials and, if `Advanced`, weights; a report row for each layer.

    `images (n, *shape)`, no labels; `activations`: the law behind each population, a ReLU where nothing is said; `model`: the
    network whose biases are the model's, where those of `network` have a shift. A quarter of the samples is held out: a layer
    keeps its correction only if its squared error falls there. With fewer than 16 samples `Light` leaves the network as it
    is and says so in the report, and `Advanced` raises InvalidInput. Of large networks fewer samples are used, see `affordable`,
    and the report says so. `progress` is told how many populations are done.
    (Li et al. 2021, arXiv 2106.06984.)
    """
    given = images[: settings.samples]
    if len(given) < FEWEST_SAMPLES:
        return _too_few(network, len(given), settings)
    chosen = given[: affordable(network, len(given))]
    order = torch.randperm(len(chosen), generator=torch.Generator().manual_seed(settings.seed))
    fit = len(chosen) - round(HELD * len(chosen))
    with torch.no_grad():
        flow = LayerRun(network, chosen[order], activations or {})
        flow.biases = {p.name: p.bias for p in (model or network).populations}
        done = {}
        for number, population in enumerate(network.order[1:]):
            progress("calibration", number, len(network.order) - 1)
            if correctable(population):
                done[population.name] = _corrected(flow, population, fit, settings)
            else:
                flow.run(population)
    progress("calibration", len(network.order) - 1, len(network.order) - 1)
    changed = tuple(done[p.name].population if p.name in done else p for p in network.populations)
    paths = {name: path for one in done.values() for name, path in one.paths.items()}
    told = f"{fit} samples and {len(chosen) - fit} held out"
    told += "" if len(chosen) == len(given) else f"; {len(given)} would take too much memory or time"
    head = ReportRow("calibration", type(settings).__name__, "note", told)
    rows = (one.row for one in done.values())
    return replace(stored(replace(network, populations=changed), paths), report=network.report.plus(head, *rows))


def _corrected(flow: LayerRun, population: Population, fit: int, settings: Calibration) -> _Done:
    """Correct one population and go on to the next."""
    best, drives = _best(flow, population, fit, settings)
    flow.tuned.update(best.paths)
    flow.run(best.population, drives)
    return best


def _best(flow: LayerRun, population: Population, fit: int, settings: Calibration) -> tuple[_Done, Drives | None]:
    """The best of all attempts, and what flows in with it, where that is in memory."""
    attempts = _attempts(flow, population, fit, settings)
    first = attempts[0][2]
    best, drives = _Done(population, {}, first.before, first.before, "unchanged"), first.drives
    for paths, told, made in attempts:
        if made.after < best.after:
            best = _Done(made.shift.of(population), paths, first.before, made.after, _told(made.shift, told))
            drives = made.drives
    integers = isinstance(settings, Advanced) and not tunable(flow.network, population)
    return (replace(best, told=f"{best.told}; its weights are integers and stay") if integers else best), drives


def _attempts(
    flow: LayerRun, population: Population, fit: int, settings: Calibration
) -> list[tuple[dict[str, Path], str, Attempt]]:
    """The population corrected with its own weights, and with tuned ones: those, words for them, and what came of it."""
    attempts: list[tuple[dict[str, Path], str, Attempt]] = [({}, "", attempt(flow, population, settings.rounds))]
    if isinstance(settings, Advanced) and tunable(flow.network, population):
        ideal = torch.cat([flow.truth(population, part) for part in flow.parts(population)])
        with torch.enable_grad():
            paths = tune(flow, population, ideal, fit, settings)
        own = dict(flow.tuned)
        flow.tuned.update(paths)
        attempts.append((paths, "weights tuned", attempt(flow, population, settings.rounds)))
        flow.tuned.update(own)
    return attempts


def _told(shift: Shift, told: str) -> str:
    words = [told] if told else []
    for name, values in (("bias", shift.bias), ("initial potential", shift.initial)):
        if values.any():
            count, most = int((values != 0).sum()), float(values.abs().max())
            words.append(f"{name} of {count} of {len(values)} channels shifted by up to {most:.3g} thresholds")
    return ", ".join(words) or "unchanged"


def _too_few(network: Network, count: int, settings: Calibration) -> Network:
    text = f"expected at least {FEWEST_SAMPLES} samples to calibrate with, got {count}"
    if isinstance(settings, Advanced):
        raise InvalidInput(f"{text}; try more samples, or calibration=None")
    log.warning("%s: the network is not calibrated", text)
    return replace(
        network,
        report=network.report.plus(ReportRow("calibration", type(settings).__name__, "note", f"not done: {text}")),
    )
