"""The stage that asks what a model costs on an FPGA, as a spiking network and as a CNN."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from spikewright import InvalidInput
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.work import Work
from spikewright.experiments.stages.base import Columns, Stage
from spikewright.tables import Within, check_fields

if TYPE_CHECKING:
    from spikewright.conversion import Recipe
    from spikewright.hardware import EqualTerms

COSTS = "costs"
PER_LAYER = {"rate": {"per_channel": False}}
"""Settings of recipes with which integers and shared weights stay what they are, unless others are given."""


@dataclass(frozen=True)
class CostsStage(Stage):
    """Both cores of a model or a compression on equal terms: stored bits, area, exact cycles, energies, accuracies.

    Subjects are models: `{stage: costs, subjects: [ann, compressed]}`; the first one is what the others are held against.
    lanes: channel lanes of each layer, no more than it has channels.
    match: what both cores have in common; with area the spike core gets the lanes at which it has about the LUTs of the CNN core.
    device: the FPGA, by name, or the user's own as a YAML or TOML file or package.module:object.
    clock_mhz: its clock.
    timed: images whose cycles are counted one by one.
    weight_bits: most bits of a weight in integers.
    recipe: how numbers become spikes.
    recipe_settings: settings of the recipe.
    samples: training images that show the ranges.
    images: test images that are run; none: all.
    """

    version: ClassVar[int] = 1
    makes: ClassVar[Columns] = {
        COSTS: (
            "accuracy", "weight_memory_bits", "index_bits", "codebook_bits", "memory_bits", "lut", "ff", "bram36", "dsp",
            "latency_cycles", "interval_cycles", "fpga_energy_uj", "asic45_energy_nj",
        ),
    }  # fmt: skip
    lanes: Annotated[int, Within(1)] = 16
    match: Literal["lanes", "area"] = "lanes"
    device: str = "xc7a100t"
    clock_mhz: Annotated[float, Within(above=0)] = 100.0
    timed: Annotated[int, Within(1)] = 20
    weight_bits: Annotated[int, Within(2, 16)] = 8
    recipe: str = "rate"
    recipe_settings: Mapping[str, Any] = field(default_factory=dict)
    samples: Annotated[int, Within(1)] = 500
    images: Annotated[int, Within(1)] | None = None

    def __post_init__(self) -> None:
        check_fields(self)

    def check(self) -> None:
        """The device and the recipe."""
        self.terms()
        self.code()

    def terms(self) -> "EqualTerms":
        """What both cores have in common."""
        from spikewright.hardware import EqualTerms

        return EqualTerms(
            lanes=self.lanes, match=self.match, device=self.device, clock_mhz=self.clock_mhz, timed=self.timed,
            weight_bits=self.weight_bits,
        )  # fmt: skip

    def code(self) -> "Recipe":
        """The recipe, with thresholds for layers rather than channels unless it says otherwise."""
        from spikewright.experiments.families import RECIPES, make

        made: Recipe = make(RECIPES, self.recipe, {**PER_LAYER.get(self.recipe, {}), **self.recipe_settings})
        return made

    def run(self, work: Work) -> Rows:
        """A row for each core, those that were refused with the reason."""
        from spikewright.experiments.costs.techniques import compression_costs

        if work.is_network("subject"):
            raise InvalidInput(
                f"expected a model or a compression, got the network {work.params['subject']!r};"
                " try subjects: [ann, compressed]"
            )
        dataset = work.dataset
        data = (dataset.test_images[: self.images], dataset.test_labels[: self.images])
        found = compression_costs(
            {work.params["subject"]: work.model("subject")}, dataset.train_images[: self.samples], data,
            recipe=self.code(), terms=self.terms(), progress=work.progress,
        )  # fmt: skip
        return {COSTS: [{**row, "terms": found.head} for row in found.table]}
