"""A plan in torch, in float64 and in the model's units: what the spiking network stands for, without any spikes."""

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.conversion.reading.ordered_sources import OrderedSource
from spikewright.conversion.reading.plan import INPUT, Plan, Unit
from spikewright.conversion.reading.terms import add_term, apply_term
from spikewright.snn.synapses import Shape

Follow = Callable[[Unit, Tensor, Tensor], Tensor]
"""follow(unit, what enters it, what it makes of it): what goes on."""


def activate(unit: Unit, x: Tensor) -> Tensor:
    """The activations of a unit whose sum is x."""
    return x if unit.adds_up else unit.activation.act(x)


def sums(unit: Unit, sent: Mapping[str, Tensor], shapes: Mapping[str, Shape]) -> Tensor:
    """What enters a unit, `(n, *shape)`, from what all units before it have sent."""
    if unit.gate:
        (term,) = unit.terms
        return apply_term(term, sent[term.source], shapes[term.source])
    total = torch.tensor(unit.bias).expand(len(next(iter(sent.values()))), *unit.bias.shape)
    for term in unit.terms:
        total = add_term(total, term, apply_term(term, sent[term.source], shapes[term.source]))
    return total


def in_order(ordered: Iterable[OrderedSource], source: str, values: Tensor) -> dict[str, Tensor]:
    """The values `(n, ...)` of a population as all its ordered sources have them, by their names."""
    return {one.name: one.apply(values) for one in ordered if one.source == source}


def activations(plan: Plan, images: Tensor, follow: Follow | None = None) -> dict[str, Tensor]:
    """The activations of the input and of every unit, float64 `(n, *shape)`, by name."""
    shapes, sent = plan.shapes, {INPUT: images.detach().double()}
    others = {one.name for one in plan.ordered}
    sent |= in_order(plan.ordered, INPUT, sent[INPUT])
    for unit in plan.units:
        entered = sums(unit, sent, shapes)
        value = activate(unit, entered)
        sent[unit.name] = value if follow is None else follow(unit, entered, value)
        sent |= in_order(plan.ordered, unit.name, sent[unit.name])
    return {name: value for name, value in sent.items() if name not in others}


class Rewritten(nn.Module):
    """A plan as a module: images `(n, ...)` in, float64 logits in the shape of the model's, its softmax or sigmoid included."""

    def __init__(self, plan: Plan, follow: Follow | None = None) -> None:
        super().__init__()
        self.plan, self.follow = plan, follow

    def forward(self, images: Tensor) -> Tensor:
        """The answer of the plan, evaluated layer by layer."""
        plan = self.plan
        logits = activations(plan, images, self.follow)[plan.output.name]
        logits = plan.answered(logits.flatten(1)).reshape(len(images), *plan.view.node(plan.view.output).shape)
        return ended(logits, plan.ending)


class RewrittenHeads(Rewritten):
    """A plan of several outputs: images `(n, ...)` in, all of them as one vector out, each through the function it ends in."""

    def forward(self, images: Tensor) -> Tensor:
        """The answers of the plan, one after the other."""
        logits, found, start = super().forward(images).flatten(1), [], 0
        for head in self.plan.heads:
            own = logits[:, start : start + head.neurons(logits.shape[1])]
            start += own.shape[1]
            found.append(ended(own.reshape(len(own), *(head.shape or ())), head.ending).flatten(1))
        return torch.cat(found, 1)


def ended(logits: Tensor, ending: str | None) -> Tensor:
    """Logits `(n, ...)` through the function that the model ends in."""
    return logits if ending is None else _ENDINGS[ending](logits)


_ENDINGS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "softmax": lambda x: F.softmax(x, dim=1),
    "log_softmax": lambda x: F.log_softmax(x, dim=1),
    "sigmoid": torch.sigmoid,
    "logsigmoid": F.logsigmoid,
    "tanh": torch.tanh,
}
