"""A study as a graph of tasks. A task is named by the hash of what it does and of all that it builds on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from spikewright import InvalidInput, __version__
from spikewright.experiments.runs.provenance import content_hash
from spikewright.experiments.runs.spec import AttackPart, HardwarePart, NoisePart, Study


@dataclass(frozen=True, eq=False)
class Task:
    """`kind` names the stage in `experiments.runs.work`, `name` what it makes ("ann", "rate7"), `params` are plain values.

    `needs` are the tasks whose folders it reads, by the role that they play for it. `place`: paths on this machine,
    which are no part of what the task means and so not of its key.
    """

    kind: str
    name: str
    seed: int
    params: Mapping[str, Any]
    needs: Mapping[str, "Task"] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """Hash of the meaning: the same key, the same result."""
        needs = {role: task.key for role, task in self.needs.items()}
        return content_hash([__version__, self.kind, self.name, self.seed, dict(self.params), needs])

    @property
    def folder(self) -> str:
        """The name of the task's folder."""
        return f"{self.kind}-{self.name}-{self.key}"

    @property
    def label(self) -> str:
        """For people."""
        return f"{self.kind} {self.name}" + (f" (seed {self.seed})" if self.seed else "")


def expand(study: Study) -> tuple[Task, ...]:
    """All tasks of a study, each after those that it needs."""
    return tuple(task for seed in study.seeds for task in _Expansion(study, seed).tasks())


class _Expansion:
    """The tasks of one seed."""

    def __init__(self, study: Study, seed: int) -> None:
        self.study, self.seed = study, seed
        self.made: dict[str, Task] = {}
        self.data = study.dataset.model_dump(mode="json", exclude={"folder"})
        folder = study.dataset.folder
        self.place = {} if folder is None else {"data": str(folder.resolve())}

    def tasks(self) -> list[Task]:
        tasks = [self._train(), *self._compressions(), *self._conversions()]
        if self.study.robustness is not None:
            tasks += self._robustness()
        if self.study.hardware is not None:
            tasks.append(self._hardware(self.study.hardware))
        return tasks

    def _task(self, kind: str, name: str, params: Any, **needs: Task) -> Task:
        factory = self.study.model.factory
        told = {"dataset": self.data, **params} | ({} if factory is None else {"factory": factory})
        return Task(kind, name, self.seed, told, needs, self.place)

    def _train(self) -> Task:
        model = self.study.model
        params: dict[str, Any] = {"model": model.model_dump(mode="json", exclude={"weights"})}
        place = dict(self.place)
        if model.weights is not None:
            place["weights"] = str(model.weights.resolve())
            params["weights_sha256"] = _file_hash(place["weights"])
        self.made["ann"] = Task("train", "ann", self.seed, {"dataset": self.data, **params}, {}, place)
        return self.made["ann"]

    def _compressions(self) -> list[Task]:
        parts = self.study.compressions
        for part in parts:
            params = {"compression": part.model_dump(mode="json", exclude={"name"})}
            self.made[part.name] = self._task("compress", part.name, params, model=self.made["ann"])
        return [self.made[part.name] for part in parts]

    def _conversions(self) -> list[Task]:
        tasks, built = [], self._built()
        last = self.study.compressions[-1].name if self.study.compressions else "ann"
        for part in self.study.conversions:
            source = self.made[part.source or last]
            params: dict[str, Any] = {"conversion": part.model_dump(mode="json", exclude={"name", "source"})}
            if part.name in built:
                params["core"] = True  # whatever no core can be built from is refused where it is made
            self.made[part.name] = self._task("convert", part.name, params, model=source)
            tasks += [self.made[part.name], self._task("simulate", part.name, {}, network=self.made[part.name])]
        return tasks

    def _robustness(self) -> list[Task]:
        robustness = self.study.robustness
        assert robustness is not None
        subjects = robustness.subjects or ("ann", *(p.name for p in self.study.conversions if p.recipe != "quantized"))
        parts: tuple[NoisePart | AttackPart, ...] = (*robustness.noise, *robustness.attacks)
        pairs = [(part, name) for part in parts for name in part.subjects or subjects]
        return [
            self._harm(part, name, part.images or robustness.images)
            for part, name in pairs
            if name != getattr(part, "transfer_from", None)
        ]

    def _harm(self, part: NoisePart | AttackPart, subject: str, images: int) -> Task:
        values = part.model_dump(mode="json", exclude={"images", "subjects"})
        needs = {"subject": self.made[subject]}
        source = getattr(part, "transfer_from", None)
        if source is not None:
            needs["source"] = self.made[source]
        kind = "noise" if isinstance(part, NoisePart) else "attack"
        params = {"perturbation": values, "images": images, "subject": subject}
        return self._task(kind, f"{subject}-{part.kind}" + (f"-from-{source}" if source else ""), params, **needs)

    def _built(self) -> tuple[str, ...]:
        """The conversions that hardware is built from. Raises InvalidInput for recipes whose spikes no core knows."""
        if self.study.hardware is None:
            return ()
        fixed = [c.name for c in self.study.conversions if getattr(c, "fixed", None) is not None]
        names = self.study.hardware.networks or tuple(fixed)
        if not names:
            raise InvalidInput(
                "expected a conversion with fixed-point widths for the hardware, got none; try fixed: {}"
            )
        for part in self.study.conversions:
            plain = part.recipe == "quantized" or (part.recipe == "rate" and getattr(part, "neuron", "if") == "if")
            if part.name in names and not plain:
                what = f"{getattr(part, 'neuron', '')} {part.recipe}".strip()
                raise InvalidInput(
                    f"expected recipes that a spike core has, rate with neuron 'if' or quantized, got {what} in {part.name!r}; "
                    "try hardware.networks without it"
                )
        return names

    def _hardware(self, part: HardwarePart) -> Task:
        names = self._built()
        params = {"hardware": part.model_dump(mode="json", exclude={"networks"}), "networks": list(names)}
        return self._task("hardware", "core", params, **{name: self.made[name] for name in names})


def _file_hash(path: str) -> str:
    import hashlib

    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InvalidInput(f"expected weights at {path}, got: {error.strerror}; try another path") from error
