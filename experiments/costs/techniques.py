"""The verb: `compression_costs(models, samples, data) -> CoreComparison`."""

from collections.abc import Mapping
from typing import Any

from spikewright import InvalidInput, Progress
from spikewright.conversion import Recipe
from spikewright.experiments.costs.both_cores import USUAL, networks_of_both
from spikewright.hardware import CoreComparison, EqualTerms, compare_cores
from spikewright.progress import shown, watched


@watched
def compression_costs(
    models: Mapping[str, Any],
    samples: Any,
    data: tuple[Any, Any],
    *,
    recipe: Recipe = USUAL,
    terms: EqualTerms | None = None,
    progress: Progress = shown,
) -> CoreComparison:
    """What each technique of compression costs and saves on an FPGA, for the spiking network and for the CNN.

    models: by technique, the uncompressed model first, each an nn.Module or a Compressed. samples: training images that show the
    ranges. data: images and labels, or None, that all are run on. recipe: how numbers become spikes; the CNN gets as many levels.

        found = compression_costs({"dense": model, "blocks": small}, train_images[:500], (images, labels))
        print(found)                        # head, table, verdicts; found.table has all columns, found.saved the shares

    A model that has no spiking form, or no core, is a row with the reason. Raises InvalidInput for no models.
    """
    if not models:
        raise InvalidInput("expected at least one model, got none; try {'dense': model}")
    chosen, networks = terms or EqualTerms(), {}
    for number, (name, model) in enumerate(models.items()):
        networks[name] = networks_of_both(model, samples, recipe, weight_bits=chosen.weight_bits)
        progress("conversion", number + 1, len(models))
    return compare_cores(networks, data, chosen, progress=progress)
