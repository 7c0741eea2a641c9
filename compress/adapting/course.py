"""The course of an adaptation: one replacement after the other, each trained before the next, and what each cost."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import Tensor, fx

from spikewright import Progress
from spikewright.compress.adapting.distilling import Teacher
from spikewright.compress.adapting.exchanges import Exchange
from spikewright.compress.adapting.judging import Judge
from spikewright.compress.adapting.replacing import only, put
from spikewright.compress.adapting.report import Replacement
from spikewright.compress.adapting.resuming import CourseState, read_progress, save_progress, state_of
from spikewright.compress.adapting.seen import seen_at
from spikewright.compress.draft import Draft
from spikewright.compress.quantisers.activations import keep_ranges_positive
from spikewright.compress.training.attached import held
from spikewright.compress.training.epochs import FitState
from spikewright.compress.training.loop import Hooks, TrainSettings, fit


@dataclass(frozen=True, eq=False)
class Course:
    """What is trained, and how.

    draft: its model is traced, and becomes the child.
    original: a copy of it that stays.
    images, labels: what is trained on; labels that are the original's own count for nothing in the loss.
    last: the training after the last replacement; `step_epochs`: how long that after each other one is.
    checkpoint: where the course is kept after each epoch, and of what it is.
    """

    draft: Draft
    original: fx.GraphModule
    images: Tensor
    labels: Tensor
    judge: Judge
    teacher: Teacher
    last: TrainSettings
    step_epochs: int
    calibration: int
    checkpoint: tuple[Path, str] | None
    progress: Progress

    def run(self, choices: tuple[Exchange, ...]) -> tuple[tuple[Replacement, ...], float]:
        """Make all replacements, those first that alone harm least; their rows, and what is right with all and no training."""
        seen = seen_at(
            self.original, [one for choice in choices for one in choice.places], self.images[: self.calibration]
        )
        alone = {choice: self.judge.right(only(self.original, choice, seen)) for choice in choices}
        order = sorted(choices, key=lambda choice: -alone[choice])
        everything = copy.deepcopy(self.original)
        for choice in order:
            put(everything, choice, seen)
        untrained = self.judge.right(everything.eval())
        done = self._resumed()
        for step, choice in enumerate(order):
            self.draft.rewrites += put(self._child, choice, seen)
            if step >= done.step:
                done = self._step(order, step, done)
        return self._rows(order, alone, done.rates), untrained

    @property
    def _child(self) -> Any:
        return self.draft.model

    def _step(self, order: list[Exchange], step: int, done: CourseState) -> CourseState:
        """Train what one replacement changed; `done` is at this step, fresh or in its midst."""
        if done.start:  # killed in the midst of it: back to where it began, then on from its last epoch
            self._child.load_state_dict(dict(done.start))
            before = done.rates[step][0]
        else:
            before = self.judge.right(self._child.eval())
            done = replace(done, step=step, start=state_of(self._child), rates=(*done.rates, (before, before)))
            self._keep(done)
        choice = order[step]
        stage = f"adapt {step + 1}/{len(order)}: {choice.what} by {choice.name}"
        self._fit(stage, self.last if step == len(order) - 1 else replace(self.last, epochs=self.step_epochs), done)
        after = (before, self.judge.right(self._child.eval()))
        return CourseState(step + 1, rates=(*done.rates[:step], after))

    def _fit(self, stage: str, training: TrainSettings, done: CourseState) -> None:
        if training.epochs == 0:
            return
        keep: Callable[[FitState], None] = lambda state: self._keep(replace(done, fitted=state))  # noqa: E731
        hooks = Hooks(
            None, keep_ranges_positive, keep if self.checkpoint else None, progress=self.progress, stage=stage,
            objective=self.teacher.objective(),
        )  # fmt: skip
        with held(self.draft, {}):
            fit(self._child, (self.images, self.labels), training, hooks=hooks, resume=done.fitted)

    def _resumed(self) -> CourseState:
        found = None if self.checkpoint is None else read_progress(*self.checkpoint)
        return found or CourseState()

    def _keep(self, done: CourseState) -> None:
        if self.checkpoint is not None:
            save_progress(*self.checkpoint, done)

    def _rows(
        self, order: list[Exchange], alone: dict[Exchange, float], rates: tuple[tuple[float, float], ...]
    ) -> tuple[Replacement, ...]:
        before = (self.judge.right(self.original), *(after for _, after in rates))
        return tuple(
            Replacement(
                choice.what,
                choice.name,
                tuple(place.name for place in choice.places),
                alone[choice],
                *rate,
                last - rate[1],
            )
            for choice, rate, last in zip(order, rates, before, strict=False)
        )
