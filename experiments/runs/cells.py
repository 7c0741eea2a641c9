"""A cell: one piece of work with settings, named by the hash of what it does and of all that it builds on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from spikewright.experiments.records.layout import folder_name
from spikewright.experiments.records.provenance import content_hash


@dataclass(frozen=True, eq=False)
class Cell:
    """One piece of work.

    stage: the name of what is done, or "package.module:Class" of a user's own.
    name: what it makes, such as "ann" or "rate7".
    params: plain values, among them the stage's `settings`.
    needs: the cells whose files it reads, by the role that they play for it.
    place: paths on this machine, which are no part of what the cell means and so not of its key.
    version: that of the stage's own code; a stage whose results change counts it up.
    """

    stage: str
    name: str
    seed: int
    params: Mapping[str, Any]
    needs: Mapping[str, "Cell"] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)
    version: int = 1

    @cached_property
    def key(self) -> str:
        """Hash of the meaning: the same key, the same result."""
        needs = {role: cell.key for role, cell in self.needs.items()}
        return content_hash([self.stage, self.version, self.name, self.seed, dict(self.params), needs])

    @property
    def folder(self) -> str:
        """The name of the cell's folder; of a user's own stage, the name of its class."""
        return folder_name(self.stage, self.name, self.key)

    @property
    def label(self) -> str:
        """For people."""
        stage = self.stage.rpartition(":")[2]
        return f"{stage} {self.name}" + (f" (seed {self.seed})" if self.seed else "")
