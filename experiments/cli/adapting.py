"""The command of adapting: what has no spiking form is replaced, and the network trained to answer as before."""

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spikewright import InvalidInput
from spikewright.experiments.cli.arguments import ADAPT
from spikewright.experiments.cli.asked import record
from spikewright.experiments.cli.common import check_files, dataset_of, source_model
from spikewright.experiments.cli.console import progress_bars, say
from spikewright.experiments.runs.origin import stamp
from spikewright.experiments.runs.threads import quiet_threads

if TYPE_CHECKING:
    from spikewright.compress import Adapt


@quiet_threads()
def run_adapt(options: Namespace) -> None:
    """Adapt a model, write it as a compressed network, and print what each replacement cost."""
    from spikewright.compress import save
    from spikewright.compress.storing.file import COMPRESSED_FILE

    check_files({options.out: COMPRESSED_FILE}, options)
    method = adapt_method(options)
    model, origin = source_model(options)
    dataset = dataset_of(options, origin).first(options.train, None)
    labels = (None, None) if options.unlabelled else (dataset.train_labels, dataset.test_labels)
    method = replace(method, test=(dataset.test_images, labels[1]))
    with progress_bars(options.quiet) as progress:
        made = method.apply(model, (dataset.train_images, labels[0]), progress=progress)
    save(made, options.out, force=options.force)
    stamp(options.out, origin)
    say(made.report)
    say(f"wrote {options.out}")


def adapt_method(options: Namespace) -> "Adapt":
    """The record that the flags ask for. Raises InvalidInput for flags that do not fit."""
    from spikewright.experiments.families import METHODS

    given = METHODS.read("adapt", ADAPT.given(options))
    training = {"epochs": options.epochs, "lr": options.lr, "seed": options.seed}
    made: Adapt = METHODS.make("adapt", {**given, "training": training})
    return replace(made, replace=_exchanges(options.replace))


def _exchanges(texts: Iterable[str]) -> dict[str, Any]:
    """By place, the substitute that a word such as "SiLU=qcfs,levels=4" asks for, None for "keep"."""
    from spikewright.experiments.families import SUBSTITUTES

    found: dict[str, Any] = {}
    for text in texts:
        place, mark, name = text.partition("=")
        if not mark or not place or not name:
            raise InvalidInput(f"expected PLACE=NAME, got {text!r}; try SiLU=relu6")
        found[place] = None if name == "keep" else record(SUBSTITUTES, name, {})
    return found
