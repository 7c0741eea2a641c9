"""The verb: `convert(model, samples, recipe) -> Network`."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright import Progress, SpikewrightError, silent
from spikewright.compress.graph.models import as_module
from spikewright.compress.graph.outputs import Output
from spikewright.compress.training.threads import steady_threads
from spikewright.conversion.diagnosis.judging import Judged
from spikewright.conversion.emitting import emit
from spikewright.conversion.forward import Rewritten, RewrittenHeads
from spikewright.conversion.reading.check import check_same
from spikewright.conversion.reading.model import check_samples, chosen_in_python, plan_of
from spikewright.conversion.reading.plan import Plan
from spikewright.conversion.reading.shifts import one_sided
from spikewright.conversion.recipes import Recipe, check_recipe
from spikewright.conversion.surveying import check_survey, survey
from spikewright.inputs import check_range
from spikewright.progress import shown, watched
from spikewright.snn import Network, Report, ReportRow
from spikewright.snn.core_parts import core_rows
from spikewright.snn.running import InputRange


@watched
def convert(
    model: Any,
    samples: torch.Tensor | np.ndarray,
    recipe: Recipe,
    *,
    output: Output | None = None,
    fixed: Mapping[str, Any] | None = None,
    input_range: tuple[float, float] | None = None,
    judge: Any = True,
    progress: Progress = shown,
) -> Network:
    """The spiking network of a trained CNN.

    `model` is an nn.Module, a `Compressed`, a torch.export program or a TorchScript module, taken in evaluation mode (a copy; the
    model is not touched). `samples` are images `(n, C, H, W)`, or vectors `(n, features)`, that show how large activations get.
    `recipe` is one of `conversion.recipes`, such as `Rate(steps=7)`, or a `Recipe` of your own. `progress` is told how far a
    calibration is.
    `output`, `fixed`: of a model that returns several outputs or has several inputs, as of `compress.choose`: `output="logits"`,
    `output=["classes", "box"]`, `fixed={"return_features": False}`. Several outputs are `network.heads`.
    `input_range`: (low, high) of all inputs, those of `samples` and those to come, where they do not lie in [0, 1], such as sound
    and standardised images: codes with bounds, and integers, then send u = (x - low) / (high - low), and the first layer
    takes the shift and scale in. It is a property of the network, `network.run.input_range`.
    A spike counts one: W' = W * amplitude of the source. Zeros stay zeros and integers stay
    integers. `network.report` says what became of every layer, and what of it no spike core can be built from.
    `judge`: the network is run for a moment beside the model, and `network.report.verdict` says how often the two agree, which
    layer loses most, and how many steps would be enough. True takes `samples`, which the network may fit better than others;
    other images, such as those of a validation, tell what to expect; False leaves it out.

    Raises Unconvertible, before anything is measured, when a layer has no spiking form, and InvalidInput for samples
    that are empty, not finite or of the wrong shape, for weights that are not finite, and for layers that are silent.
    (Rueckauer et al. 2017; Bu et al. 2022, arXiv 2303.04347; Stanojevic et al. 2022, arXiv 2212.12522.)
    """
    check_recipe(recipe)
    images = check_samples(samples)
    model = chosen_in_python(model, images, output, fixed)
    others = None if isinstance(judge, bool) else check_samples(judge)
    known = None if input_range is None else InputRange(*input_range)
    with steady_threads(as_module(model), images):
        plan, found = survey(model, images, recipe, known)
        check_survey(plan, found)
        images, others = _in_range(images, known), None if others is None else _in_range(others, known)
        check_same(plan, images)
        network = _made(plan, images, recipe, progress)
        if judge is not False:
            network = replace(network, report=_judged(network, recipe, (plan, images, others), progress))
    run = replace(network.run, largest=float(images.abs().max()) or None, input_range=known)
    network = replace(network, run=run)
    return replace(network, report=network.report.plus(*core_rows(network)))


def _made(plan: Plan, images: torch.Tensor, recipe: Recipe, progress: Progress) -> Network:
    wanted = recipe.prepared(plan)
    wanted = one_sided(wanted, recipe.below(wanted, images))
    return recipe.finished(emit(wanted, recipe.coding(wanted, images)), wanted, images, progress)


def _judged(
    network: Network, recipe: Any, seen: tuple[Plan, torch.Tensor, torch.Tensor | None], progress: Progress
) -> Report:
    """The report with a verdict, or with the reason why there is none."""
    plan, images, others = seen
    judged = Judged(plan, images if others is None else others, others is not None, progress)

    def again(steps: int, few: torch.Tensor) -> Network:
        return _made(plan, images[: len(few)], replace(recipe, steps=steps), silent)

    has_steps = any(part.name == "steps" for part in fields(recipe))
    steps = recipe.steps if has_steps else network.steps
    try:
        return replace(network.report, verdict=judged.verdict(network, steps, again if has_steps else None))
    except SpikewrightError as error:
        return network.report.plus(ReportRow("network", "verdict", "note", f"none: {error}"))


def _in_range(images: torch.Tensor, known: InputRange | None) -> torch.Tensor:
    if known is None:
        return images
    check_range(images.numpy(), (known.low, known.high), "samples")
    in_unit: torch.Tensor = known.unit(images)
    return in_unit


def rewritten(
    model: Any,
    samples: torch.Tensor | np.ndarray,
    *,
    output: Output | None = None,
    fixed: Mapping[str, Any] | None = None,
) -> nn.Module:
    """What the spiking network stands for, as an nn.Module that evaluates its populations and weights in float64.

    It is read from the plan of the network, not from the model's own layers, and ends in the model's softmax if there
    is one. `output`, `fixed`: as of `convert`; several outputs are one vector, one after the other. Raises as `convert`.
    """
    images = check_samples(samples)
    plan = plan_of(chosen_in_python(model, images, output, fixed), images)
    check_same(plan, images)
    return Rewritten(plan) if len(plan.heads) == 1 else RewrittenHeads(plan)
