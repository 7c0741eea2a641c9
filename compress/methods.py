"""The methods by name, what all of them are, and the chain of several.

    small = apply_methods(model, [Prune(0.8), Quantize(4)], data=(images, labels))
    METHODS.make("prune", {"sparsity": 0.8, "rounds": 2}).apply(model, data)

A method is a frozen dataclass below `Method`, in a file of its own: its fields are its settings, `apply` does it. A user's own
is used as it is, or by name as "package.module:Class".
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spikewright import InvalidInput, Progress
from spikewright.compress.compressed import Compressed
from spikewright.compress.draft import Draft
from spikewright.compress.training.data import Data
from spikewright.compress.training.epochs import fits_kept
from spikewright.progress import shown, watched
from spikewright.tables import Family


class Method(ABC):
    """One way to make a model smaller, or to rewrite it. Frozen dataclasses below it are members of `METHODS`.

    `apply` usually starts a `Draft.of(model)`, changes its model, weights and steps, and returns `draft.finish()`.
    """

    @abstractmethod
    def apply(self, model: Any, data: Data | None = None, *, progress: Progress = shown) -> Compressed:
        """The model, an nn.Module or a Compressed, after this method; the model itself is not changed.

        `data`: images `(samples, C, H, W)` and labels `(samples,)`, or others as of `fit`, to fine-tune on; without them nothing
        is trained.
        Raises InvalidInput for what the method cannot treat.
        """


METHODS: Family[type[Method]] = Family(
    "method",
    Method,
    {
        "prune": "spikewright.compress.pruners.magnitude:Prune",
        "quantize": "spikewright.compress.quantisers.uniform:Quantize",
        "learned_thresholds": "spikewright.compress.quantisers.learned:LearnedThresholds",
        "fold_batchnorm": "spikewright.compress.exact.folding:FoldBatchNorm",
        "adapt": "spikewright.compress.adapting.method:Adapt",
    },
)


@watched
def apply_methods(
    model: Any,
    methods: Iterable[Method],
    data: Data | None = None,
    *,
    progress: Progress = shown,
    checkpoint: str | Path | None = None,
) -> Compressed:
    """One method after the other, in the order given; without any, the model as a Compressed.

    Arguments as of `Method.apply`. `checkpoint`: a folder in which the trainings of all methods are kept after each epoch; a call
    that was killed goes on from there, to the same bytes. Raises InvalidInput for what is no method, and for a checkpoint of
    another model, data or settings.
    """
    small = model if isinstance(model, Compressed) else Draft.of(model).finish()
    with fits_kept(checkpoint):
        for method in methods:
            if not isinstance(method, Method):
                raise InvalidInput(
                    f"expected methods such as Prune(0.8), got {method!r:.60}; try METHODS.make(name, {{}})"
                )
            small = method.apply(small, data, progress=progress)
    return small
