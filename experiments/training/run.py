"""Training a network from scratch: seeded, with a checkpoint after each epoch and a resume that changes nothing."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from spikewright import InvalidInput, Progress
from spikewright.answers import Head
from spikewright.compress import keep_ranges_positive
from spikewright.compress.training.threads import steady_threads
from spikewright.experiments.data.load import Dataset, Images, Labels
from spikewright.experiments.training.activity import hidden_outputs, share_active
from spikewright.experiments.training.checkpoint import TrainingRun, resume_checkpoint, save_checkpoint
from spikewright.experiments.training.masks import epoch_masks, hold
from spikewright.experiments.training.recipe import EpochLog, TrainLog, TrainRecipe, learning_rate
from spikewright.progress import shown, watched

__all__ = ["EpochLog", "TrainLog", "TrainRecipe", "accuracy", "predict", "train"]

_MOMENTUM = 0.9


@watched
def train(
    model: nn.Module,
    dataset: Dataset,
    recipe: TrainRecipe,
    *,
    checkpoint: str | Path | None = None,
    progress: Progress = shown,
) -> TrainLog:
    """Train `model` in place on the training split with cross-entropy and return the log; leaves it in eval mode.

    The same recipe gives the same bytes, for a small network whatever the number of threads (see `compress.training.threads`).
    The test split is only measured after each epoch; nothing is chosen by it. With `checkpoint`, a folder, each epoch
    is saved there and a later call goes on after the last one, to the same weights as a call that was not interrupted.
    `progress` gets ("train", epochs done, epochs). Raises InvalidInput when the loss is not finite, UnusableCheckpoint
    when the checkpoint is damaged or of another run.
    """
    with steady_threads(model, torch.from_numpy(dataset.train_images[:1])):
        return _train(model, dataset, recipe, None if checkpoint is None else Path(checkpoint), progress)


def _train(
    model: nn.Module, dataset: Dataset, recipe: TrainRecipe, folder: Path | None, progress: Progress
) -> TrainLog:
    if recipe.precision == "bfloat16":
        _lay_out(model, torch.channels_last)  # convolutions in bfloat16 are fastest so
    optimiser = _optimiser(model, recipe)
    run = TrainingRun(recipe, dataset.name, len(dataset.train_images))
    log = TrainLog() if folder is None else resume_checkpoint(folder, model, optimiser, run)
    split = _Split.of(dataset, _device(model))
    for epoch in range(len(log.epochs), recipe.epochs):
        progress("train", epoch, recipe.epochs)
        start = time.perf_counter()
        loss = _epoch(model, split, recipe, optimiser, epoch)
        test_accuracy = accuracy(model, dataset.test_images, dataset.test_labels)
        log = TrainLog((*log.epochs, EpochLog(epoch + 1, loss, test_accuracy, time.perf_counter() - start)))
        if folder is not None:
            save_checkpoint(folder, model, optimiser, run, log)
    progress("train", recipe.epochs, recipe.epochs)
    _lay_out(model, torch.contiguous_format)
    model.eval()
    return log


def predict(model: nn.Module, images: Images, batch_size: int = 1000) -> Labels:
    """The class of the largest logit for images `(n, channels, height, width)`; the model's mode is kept."""
    device, training = _device(model), model.training
    model.eval()
    with torch.inference_mode():
        batches = [
            _classes(model(torch.from_numpy(images[start : start + batch_size]).to(device)))
            for start in range(0, len(images), batch_size)
        ]
    model.train(training)
    return np.concatenate(batches) if batches else np.empty(0, np.int64)


def _classes(answer: Tensor) -> Labels:
    """Of `(batch, classes)`. Raises InvalidInput for other answers, since data sets here have one label an image."""
    if answer.ndim != 2:
        raise InvalidInput(
            f"expected logits (batch, classes), got {tuple(answer.shape)}; try compress.fit and compress.accuracy"
        )
    return Head().predictions(answer.float().cpu().numpy())


def accuracy(model: nn.Module, images: Images, labels: Labels) -> float:
    """Share of images whose prediction is their label, 0 to 1. Raises InvalidInput without images."""
    if len(images) == 0 or len(images) != len(labels):
        raise InvalidInput(f"expected as many labels as images and at least one, got {len(labels)} and {len(images)}")
    return float(np.mean(predict(model, images) == labels))


@dataclass(frozen=True)
class _Split:
    """The training images and labels as tensors beside the model."""

    images: Tensor
    labels: Tensor

    @classmethod
    def of(cls, dataset: Dataset, device: torch.device) -> "_Split":
        images = torch.from_numpy(np.ascontiguousarray(dataset.train_images))
        return cls(images.to(device), torch.from_numpy(dataset.train_labels).to(device))


def _epoch(model: nn.Module, split: _Split, recipe: TrainRecipe, optimiser: torch.optim.Optimizer, epoch: int) -> float:
    """One pass over the shuffled images; returns the mean loss."""
    masks = epoch_masks(model, recipe.prune, epoch, split.images)
    model.train()
    count = len(split.images)
    batches = -(-count // recipe.batch_size)
    # Order and augmentation depend on seed and epoch alone, so a resumed epoch draws what it would have drawn.
    random = np.random.default_rng((recipe.seed, epoch))
    order = random.permutation(count)
    total = 0.0
    hold(model, masks)
    for batch in range(batches):
        chosen = torch.from_numpy(order[batch * recipe.batch_size : (batch + 1) * recipe.batch_size])
        rate = learning_rate(recipe, epoch * batches + batch, recipe.epochs * batches)
        images = _augment(split.images[chosen], recipe, random)
        total += _step(model, images, split.labels[chosen], recipe, optimiser, rate) * len(chosen)
        hold(model, masks)
    return total / count


def _step(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    recipe: TrainRecipe,
    optimiser: torch.optim.Optimizer,
    rate: float,
) -> float:
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad()
    with hidden_outputs(model, wanted=recipe.activity > 0) as hidden, _precision(images, recipe):
        logits = model(images).float()
    loss = functional.cross_entropy(logits, labels, label_smoothing=recipe.label_smoothing)
    if recipe.activity:
        loss = loss + recipe.activity * sum(share_active(output) for output in hidden)
    value = loss.item()
    if not np.isfinite(value):
        raise InvalidInput(f"expected a finite training loss, got {value}; try a smaller lr than {recipe.lr}")
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    keep_ranges_positive(model)
    return value


def _lay_out(model: nn.Module, layout: torch.memory_format) -> None:
    """Order the weights of convolutions in memory; their values stay."""
    model.to(memory_format=layout)  # type: ignore[call-overload]


def _precision(images: Tensor, recipe: TrainRecipe) -> torch.autocast:
    """The forward pass inside the block, and with it the backward pass, is in the recipe's precision."""
    return torch.autocast(images.device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16")


def _augment(images: Tensor, recipe: TrainRecipe, random: np.random.Generator) -> Tensor:
    """Shift each image by up to `recipe.shift` pixels over a black border, mirror half of them, blank a square in each.

    What is blank has the image's mean colour.
    """
    count, _, height, width = images.shape
    if recipe.shift:
        offsets = torch.from_numpy(random.integers(0, 2 * recipe.shift + 1, (2, count, 1)))
        rows = (offsets[0] + torch.arange(height))[:, None, :, None]
        columns = (offsets[1] + torch.arange(width))[:, None, None, :]
        padded = functional.pad(images, (recipe.shift,) * 4)
        places = torch.arange(count)[:, None, None, None], torch.arange(images.shape[1])[None, :, None, None]
        images = padded[places[0], places[1], rows, columns]
    if recipe.flip:
        mirrored = torch.from_numpy(random.random(count) < 0.5).to(images.device)
        images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
    if recipe.cutout:
        centres = torch.from_numpy(random.random((2, count, 1))) * torch.tensor([height, width])[:, None, None]
        rows = (torch.arange(height) + 0.5 - centres[0]).abs() < recipe.cutout / 2
        columns = (torch.arange(width) + 0.5 - centres[1]).abs() < recipe.cutout / 2
        blank = (rows[:, None, :, None] & columns[:, None, None, :]).to(images.device)
        images = torch.where(blank, images.mean((2, 3), keepdim=True), images)
    return images


def _optimiser(model: nn.Module, recipe: TrainRecipe) -> torch.optim.Optimizer:
    """SGD with Nesterov momentum 0.9, or Adam with decoupled weight decay (Loshchilov and Hutter 2019)."""
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(
            model.parameters(), recipe.lr, momentum=_MOMENTUM, nesterov=True, weight_decay=recipe.weight_decay
        )
    return torch.optim.AdamW(model.parameters(), recipe.lr, weight_decay=recipe.weight_decay)


def _device(model: nn.Module) -> torch.device:
    for parameter in model.parameters():
        return parameter.device
    raise InvalidInput("expected a model with parameters, got one without any; there is nothing to train")
