"""One small training loop for everybody: fine-tuning here, training from scratch in the experiments."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from torch import nn

from spikewright import InvalidInput, Progress
from spikewright.answers import Head
from spikewright.compress.graph.models import check_finite
from spikewright.compress.training.data import Data, device_of
from spikewright.compress.training.epochs import Epoch, FitState, KeptFit, buffers_beside, kept_fit, put_buffers
from spikewright.compress.training.labelled import check_labelled
from spikewright.compress.training.losses import hits_of, loss_of
from spikewright.compress.training.threads import steady_threads
from spikewright.progress import shown, watched
from spikewright.tables import Within, check_fields

Perturb = Callable[[nn.Module, torch.Tensor, torch.Tensor], torch.Tensor]
"""`perturb(model, x, y)` gives the batch to train on instead of x: an attack, noise or augmentation."""
Objective = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
"""`objective(x, logits, y)` gives the loss of a batch: of its images, the model's answers to them, and their labels."""


@dataclass(frozen=True)
class TrainSettings:
    """How to train.

    epochs: how often every image is seen.
    lr: the first learning rate.
    batch_size: images of one update.
    optimizer: AdamW, or SGD with Nesterov momentum.
    momentum: of SGD.
    weight_decay: how fast weights shrink on their own.
    label_smoothing: the share of each label that is spread over all classes.
    schedule: whether lr falls to 0 along a half cosine, or stays.
    answers: what the model gives: classes (of images, or of places), several labels a sample, or values.
    ignored: a label of places that do not count, such as 255.
    seed: what the order of the images is drawn from.
    """

    epochs: Annotated[int, Within(0)] = 10
    lr: Annotated[float, Within(above=0)] = 1e-3
    batch_size: Annotated[int, Within(1)] = 64
    optimizer: Literal["adam", "sgd"] = "adam"
    momentum: float = 0.9
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    schedule: Literal["cosine", "constant"] = "cosine"
    answers: Literal["classes", "multilabel", "values"] = "classes"
    ignored: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True)
class Hooks:
    """What callers add to the loop; `after_step` sees the model after each update, `after_epoch` the whole state.

    `loss(logits, y)` or `objective` stands in for cross-entropy.
    """

    perturb: Perturb | None = None
    after_step: Callable[[nn.Module], None] | None = None
    after_epoch: Callable[[FitState], None] | None = None
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None = None
    progress: Progress = shown
    stage: str = "train"
    objective: Objective | None = None


@watched
def fit(
    model: nn.Module,
    data: Data,
    settings: TrainSettings | None = None,
    *,
    hooks: Hooks | None = None,
    resume: FitState | None = None,
) -> tuple[Epoch, ...]:
    """Train `model` in place with cross-entropy and leave it in evaluation mode; one record for each epoch.

    Labels are classes of images `(samples,)`, or of places where the model answers with a map `(batch, classes, H, W)`; several
    labels a sample and values have the losses of their kind, see `TrainSettings.answers`.

    The same seed gives the same bytes on one machine, for a small network whatever the number of threads (see
    `compress.training.threads`); the global random state is not touched. `resume`: a state that `hooks.after_epoch` got, to go on
    from; inside `fits_kept` a call that was killed goes on by itself.
    Raises InvalidInput for images or labels that do not fit the model, and when the loss is no longer finite.
    """
    settings, hooks = settings or TrainSettings(), hooks or Hooks()
    images, labels, head = check_labelled(model, data, settings.answers, settings.ignored)
    kept = kept_fit(model, (images, labels), repr(settings))
    resume = (kept.read() if kept else None) or resume
    with torch.random.fork_rng(devices=[]), steady_threads(model, images):
        history = _Loop(model, settings, hooks, resume, head).run(images, labels, kept)
    check_finite(model)
    model.eval()
    return history


class _Loop:
    """The state of one call of `fit`."""

    def __init__(
        self, model: nn.Module, settings: TrainSettings, hooks: Hooks, resume: FitState | None, head: Head
    ) -> None:
        self.head = head
        self.model, self.settings, self.hooks = model, settings, hooks
        self.device = device_of(model)
        self.optimizer = _optimizer(model, settings)
        self.shuffle = torch.Generator().manual_seed(settings.seed)
        self.loss = hooks.loss or loss_of(head, settings.label_smoothing)
        self.history: list[Epoch] = []
        torch.manual_seed(settings.seed)
        if resume is not None:
            self._restore(resume)

    def run(self, images: torch.Tensor, labels: torch.Tensor, kept: KeptFit | None) -> tuple[Epoch, ...]:
        for epoch in range(len(self.history), self.settings.epochs):
            self.history.append(self._epoch(epoch, images, labels))
            if self.hooks.after_epoch:
                self.hooks.after_epoch(self._state())
            if kept:  # after the hook, which may change the model
                kept.write(self._state())
        return tuple(self.history)

    def _epoch(self, epoch: int, images: torch.Tensor, labels: torch.Tensor) -> Epoch:
        total_loss, right, counted = 0.0, 0, 0
        batches = self._batches(len(labels))
        updates = len(batches) * self.settings.epochs
        for done, batch in enumerate(batches, start=epoch * len(batches)):
            self._set_rate(done / updates)
            loss, hits, count = self._step(images[batch].to(self.device), labels[batch].to(self.device))
            total_loss, right, counted = total_loss + loss * len(batch), right + hits, counted + count
            self.hooks.progress(self.hooks.stage, done + 1, updates)
        return Epoch(epoch, total_loss / len(labels), right / counted if counted else None)

    def _batches(self, samples: int) -> list[torch.Tensor]:
        batches = list(torch.split(torch.randperm(samples, generator=self.shuffle), self.settings.batch_size))
        if len(batches) > 1 and len(batches[-1]) == 1:  # batch norm cannot train on a single sample
            batches[-2:] = [torch.cat(batches[-2:])]
        return batches

    def _step(self, x: torch.Tensor, y: torch.Tensor) -> tuple[float, int, int]:
        if self.hooks.perturb:
            self.model.eval()  # an attack must not move the batch statistics
            x = self.hooks.perturb(self.model, x, y).detach()
        self.model.train()
        self.optimizer.zero_grad(set_to_none=True)
        logits = self.model(x)
        loss = self.loss(logits, y) if self.hooks.objective is None else self.hooks.objective(x, logits, y)
        if not math.isfinite(loss.item()):
            raise InvalidInput(
                f"expected a finite training loss, got {loss.item()}; try a lower lr than {self.settings.lr}"
            )
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        if self.hooks.after_step:
            self.hooks.after_step(self.model)
        return loss.item(), *hits_of(self.head, logits, y)

    def _set_rate(self, fraction: float) -> None:
        factor = 1.0 if self.settings.schedule == "constant" else 0.5 * (1 + math.cos(math.pi * fraction))
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.lr * factor

    def _state(self) -> FitState:
        copied = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
        generators = self.shuffle.get_state(), torch.get_rng_state()
        optimizer = copy.deepcopy(self.optimizer.state_dict())
        return FitState(tuple(self.history), copied, optimizer, *generators, buffers_beside(self.model))

    def _restore(self, state: FitState) -> None:
        self.model.load_state_dict(state.model)
        put_buffers(self.model, state.buffers)
        self.optimizer.load_state_dict(state.optimizer)
        self.shuffle.set_state(state.shuffle)
        torch.set_rng_state(state.noise)
        self.history = list(state.history)


def _optimizer(model: nn.Module, settings: TrainSettings) -> torch.optim.Optimizer:
    parameters = [value for value in model.parameters() if value.requires_grad]
    if not parameters:
        raise InvalidInput(
            "expected weights that can be trained, got none that requires a gradient; "
            "try model.requires_grad_(True), or no epochs"
        )
    if settings.optimizer == "adam":
        return torch.optim.AdamW(parameters, lr=settings.lr, weight_decay=settings.weight_decay)
    return torch.optim.SGD(
        parameters,
        lr=settings.lr,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        nesterov=settings.momentum > 0,
    )
