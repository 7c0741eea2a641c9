"""What parts of a study file have in common: fields that are all known, and settings of a record beside them."""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from spikewright.experiments.families import make
from spikewright.experiments.stages.table import STAGES
from spikewright.tables import Family, changed

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,80}$")]
STORED = "stored"
"""In the context of a validation: the study is one that was run, and no module of the user's is imported to look at it."""


class StudyPart(BaseModel):
    """Fields that are all known; nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RecordPart(StudyPart):
    """A part that names a record: its settings stand beside the part's own fields, or under `options`."""

    family: ClassVar[Family[Any]]
    title: ClassVar[str]
    options: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, values: Any) -> Any:
        if not isinstance(values, dict) or not isinstance(values.get("options", {}), dict):
            return values
        own = {name: value for name, value in values.items() if name in cls.model_fields and name != "options"}
        beside = {name: value for name, value in values.items() if name not in cls.model_fields}
        return {**own, "options": {**values.get("options", {}), **beside}}

    @model_validator(mode="after")
    def _checked(self, info: ValidationInfo) -> "RecordPart":
        stored = (info.context or {}).get(STORED, False)
        if not stored or self.called in self.family:
            made = self.record()
            if not stored and self.family is STAGES:
                made.check()
        return self

    @property
    def called(self) -> str:
        """The name of the record."""
        return str(getattr(self, self.title))

    def record(self) -> Any:
        """The record itself. Raises InvalidInput for settings that it does not have or take."""
        return make(self.family, self.called, self.options)

    @property
    def meaning(self) -> dict[str, Any]:
        """What tells it from others: its name, and the settings that are not as by default."""
        known = self.called in self.family
        return {self.title: self.called, "options": changed(self.record()) if known else self.options}
