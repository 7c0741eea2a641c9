"""The commands before and after conversion: train, compress, simulate."""

from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from spikewright import InvalidInput, Table
from spikewright.experiments.cli.arguments import COMPRESS, TRAINING
from spikewright.experiments.cli.common import (
    check_files,
    check_tables,
    check_whole,
    dataset_of,
    images_of,
    listed,
    source_model,
)
from spikewright.experiments.cli.console import progress_bars, say
from spikewright.experiments.cli.one_word import spoken
from spikewright.experiments.cli.showing import show, show_within
from spikewright.experiments.data.opening import open_dataset
from spikewright.experiments.models.factory import check_fits, factory_of
from spikewright.experiments.report.tables import write_table
from spikewright.experiments.runs.artifacts import load_network
from spikewright.experiments.runs.origin import Origin, origin_of, stamp
from spikewright.experiments.runs.threads import quiet_threads
from spikewright.experiments.runs.work import plain
from spikewright.fields import read_fields

if TYPE_CHECKING:
    from spikewright.experiments.stages.compression import CompressStage


@quiet_threads()
def run_train(options: Namespace) -> None:
    """Train a network, or take one of the zoo, and write weights with their origin."""
    from spikewright.experiments.families import USUAL
    from spikewright.experiments.models.table import build
    from spikewright.experiments.training.checkpoint import CHECKPOINT_FOLDER, WEIGHTS_FILE, save_weights
    from spikewright.experiments.training.run import TrainRecipe, train
    from spikewright.experiments.training.starting import levelled

    check_files({options.out: WEIGHTS_FILE}, options)
    if options.checkpoint is not None:
        check_whole(options.checkpoint, CHECKPOINT_FOLDER)
    if options.zoo is not None:
        return _from_zoo(options)
    options.model, options.dataset = options.model or "small_cnn", options.dataset or "digits"
    given = read_fields(TrainRecipe, {**USUAL["training"], **TRAINING.given(options)})
    recipe = TrainRecipe.from_dict({"seed": options.seed, **given})
    dataset = open_dataset(options.dataset, str(options.data) if options.data else None)
    own = factory_of(options.model) if ":" in options.model else None
    model = own() if own is not None else build(options.model, classes=len(dataset.classes), seed=options.seed)
    check_fits(model, dataset)
    model = levelled(model, recipe, dataset)
    with progress_bars(options.quiet) as progress:
        log = train(model, dataset, recipe, checkpoint=options.checkpoint, progress=progress)
    rows = tuple(asdict(epoch) for epoch in log.epochs)
    origin = Origin(options.model, options.dataset, len(dataset.classes), options.seed, rows, recipe.levels)
    save_weights(options.out, model, origin, force=options.force)
    say(f"{log.test_accuracy:.2%} of {len(dataset.test_labels):,} test images; wrote {options.out}")


def _from_zoo(options: Namespace) -> None:
    from spikewright.experiments import card, load
    from spikewright.experiments.training.checkpoint import save_weights

    known = card(options.zoo)
    if options.dataset not in (None, known.dataset):
        raise InvalidInput(
            f"expected {known.dataset}, which {options.zoo} was trained on, got {options.dataset}; try without --dataset"
        )
    if options.model not in (None, known.model):
        raise InvalidInput(f"expected --zoo or --model, got {options.zoo} and {options.model}; try one of them")
    log = tuple(asdict(epoch) for epoch in known.log.epochs)
    origin = Origin(known.model, known.dataset, seed=known.seed, log=log, levels=known.recipe.levels)
    save_weights(options.out, load(options.zoo), origin, force=options.force)
    say(f"{known.accuracy:.2%} of {known.test_images:,} test images; wrote {options.out}")


@quiet_threads()
def run_compress(options: Namespace) -> None:
    """Prune and quantise with fine-tuning, as a study does."""
    from spikewright.compress import accuracy, save
    from spikewright.compress.storing.file import COMPRESSED_FILE

    check_files({options.out: COMPRESSED_FILE}, options)
    stage = compress_stage(options)
    model, origin = source_model(options)
    dataset = dataset_of(options, origin)
    with progress_bars(options.quiet) as progress:
        small = stage.applied(model, dataset, options.seed, progress)
    save(small, options.out, force=options.force)
    stamp(options.out, origin)
    show_within(str(small), small.footprint.table(), wide=options.wide)
    test = (dataset.test_images, dataset.test_labels)
    say(f"{accuracy(small.model, test):.2%} of {len(test[1]):,} test images; wrote {options.out}")


def compress_stage(options: Namespace) -> "CompressStage":
    """What to do to the model: --method, a chain, or pruning and quantising by their flags."""
    from spikewright.experiments.families import METHODS, STAGES

    given = COMPRESS.given(options)
    chain = [spoken(text) for text in options.method or ()]
    methods = tuple({"method": name, **METHODS.read(name, said)} for name, said in chain)
    values = {**STAGES.read("compress", given), **({"methods": methods} if methods else {})}
    stage: CompressStage = STAGES.make("compress", values)
    stage.check()
    return stage


def run_simulate(options: Namespace) -> None:
    """Run a network on the test images; one row for each population and one for the whole."""
    from spikewright.experiments.stages.accuracy import activity_rows, network_accuracy
    from spikewright.snn import simulate

    check_tables(options)
    network = load_network(options.file)
    images, labels = images_of(options, dataset_of(options, origin_of(options.file)))
    activity = simulate(network, images, steps=options.steps, engine=options.engine)
    whole = network_accuracy(network, activity, labels, options.file.name)
    rows = [{"population": "whole", **whole, "steps": activity.steps}, *activity_rows(network, activity)]
    table = Table.of(plain(row) for row in rows)
    paths = write_table(table, options.out, force=options.force)
    show(Table.of(plain(row) for row in rows[1:]), wide=options.wide, places=paths)
    say(f"{whole['accuracy']:.2%} of {len(labels):,} test images in {activity.steps} steps; wrote {listed(paths)}")
