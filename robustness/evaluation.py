"""The table of robustness: model x perturbation x strength, with intervals."""

from collections.abc import Iterable, Sequence
from typing import Any

from spikewright import InvalidInput, Progress, Table
from spikewright.inputs import as_pair
from spikewright.progress import shown, watched
from spikewright.robustness.checks import as_strengths, check_images, check_labels, check_model, check_seed
from spikewright.robustness.perturbations import Perturbation, trials_of
from spikewright.robustness.predictor import Predictor
from spikewright.robustness.table_rows import Kept, PredictorRows, Row, anew

CHIPS = 5
"""Chips that a fault of the chip is drawn for."""


@watched
def evaluate(
    predictors: Sequence[Predictor],
    data: tuple[Any, Any],
    perturbations: Iterable[Perturbation | str | tuple[Perturbation | str, Sequence[float]]],
    epsilons: Sequence[float] = (),
    *,
    seed: int = 0,
    chips: int = CHIPS,
    progress: Progress = shown,
    kept: Kept = anew,
) -> Table:
    """Accuracy of every predictor under every perturbation at every strength.

    `data`: images `(samples, C, H, W)` in the predictors' bounds and integer labels `(samples,)`; of classes of places and of
    several labels, those in the shape of the predictions: accuracy is then the mean over images of the share that is right in
    each, and attacks have a row that says why they do not apply. A perturbation is a
    record, its name in `ATTACKS` or `CORRUPTIONS`, or a user's own as "package.module:Class"; it may bring its own strengths,
    `(perturbation, strengths)`; the others take `epsilons`. Columns: model, perturbation,
    strength, accuracy, low, high (95 %), over, samples, chips, note. `over` says what the interval is over: "images" (Wilson),
    or "images and chips" for a fault that one chip has for all images, drawn for `chips` chips (`over_images_and_chips`); the
    accuracy is then the mean of all chips. First row of a model: "clean". Attacks count the
    worst case for each example over nested budgets (`attack_curve`); where several attacks share a norm, "worst case"
    rows count the examples that stand against all of them. What does not apply has a row without accuracy whose note
    says why. Everything is deterministic in `seed`. `kept(name, make)` is called for each part of the table, an attack on 256
    images or a corruption at one strength on one chip: it gives what `make()` gives, or gave in a call before that was stopped.
    Raises InvalidInput for bad images, labels, strengths or chips, for models that draw at each call, and for models or
    perturbations of one name.
    """
    trials = trials_of(perturbations, as_strengths(epsilons))
    if isinstance(chips, bool) or not isinstance(chips, int) or chips < 1:
        raise InvalidInput(f"expected at least one chip, got {chips!r}; try chips={CHIPS}")
    checked = _predictors(predictors)
    check_seed(seed)
    data = as_pair(data)
    rows: list[Row] = []
    for place, predictor in enumerate(checked):
        images = check_images(data[0], predictor)
        labels = check_labels(data[1], images, predictor, each=False)
        check_model(predictor, images, attacked=False)
        done, total = place * len(trials), len(trials) * len(checked)
        one = PredictorRows(predictor, images, labels, seed, chips, progress, done, total, kept)
        rows.extend(one.rows(trials))
    return Table.of(rows)


def _predictors(given: Any) -> list[Predictor]:
    """The predictors, from one or several. Raises InvalidInput for none, for others, and for two of one name."""
    alone = isinstance(given, Predictor) or not isinstance(given, Iterable) or hasattr(given, "forward")
    found = [given] if alone else list(given)
    for one in found:
        if not isinstance(one, Predictor):
            raise InvalidInput(
                f"expected predictors, got {type(one).__name__}; try AnnPredictor(model), or SnnPredictor(network)"
            )
    names = [predictor.name for predictor in found]
    if not names or len(set(names)) < len(names):
        raise InvalidInput(
            f"expected at least one predictor, each with its own name, got {names}; try AnnPredictor(model, name)"
        )
    return found
