"""A task of a study, named by the hash of what it does and of all that it builds on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from spikewright import __version__
from spikewright.experiments.runs.provenance import content_hash


@dataclass(frozen=True, eq=False)
class Task:
    """`kind` names the stage, `name` what it makes ("ann", "rate7"), `params` are plain values, with the stage's `settings`.

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
        """The name of the task's folder; of a user's own stage, the name of its class."""
        return f"{self.kind.rpartition(':')[2]}-{self.name}-{self.key}"

    @property
    def label(self) -> str:
        """For people."""
        return f"{self.kind} {self.name}" + (f" (seed {self.seed})" if self.seed else "")
