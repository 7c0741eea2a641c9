"""What a recipe is: how `convert` turns activations into spikes, as a record with a method for each place where it has a say."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Annotated, ClassVar

from spikewright import Progress
from spikewright.progress import shown
from spikewright.snn.checked import LONGEST, MOST_SPIKES, plain
from spikewright.snn.codes import LONGEST_PHASE
from spikewright.tables import Within, check_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from spikewright.conversion.errors import Obstacle
    from spikewright.conversion.reading.plan import Below, CodeTraits, Plan
    from spikewright.conversion.recipes.coding import Coding
    from spikewright.snn import Network

Steps = Annotated[int, Within(1, LONGEST)]
FewSteps = Annotated[int, Within(1, LONGEST_PHASE)]
Spikes = Annotated[int, Within(1, MOST_SPIKES)]
Grid = Annotated[int, Within(1, 65535)]
Percentile = Annotated[float, Within(above=0.0, high=100.0)]


class Recipe(ABC):
    """The base of all recipes, also of your own: a frozen dataclass below it, with the settings as its fields.

    `convert` reads the model into a `Plan` of units, asks for their `coding`, and emits a network. Yours may stand in any
    module; only `coding` is needed. An IF neuron for each unit, all with one threshold:

        @dataclass(frozen=True)
        class Mine(Recipe):
            steps: int = 8

            def coding(self, plan, images):
                one = np.asarray(0.5)
                choices = {unit.name: NeuronChoice(IF(0.5), one, "IF, threshold 0.5") for unit in plan.hidden}
                return Coding(Direct(self.steps), choices, 1.0, 1.0 / self.steps, ())
    """

    computes_values: ClassVar[bool] = False
    """Whether its neurons compute values in one step, as those of a quantised CNN, instead of sending spikes."""

    def __post_init__(self) -> None:
        plain(self)
        check_fields(self)

    @property
    def traits(self) -> CodeTraits:
        """What of a plan depends on the code; by default spikes have one sign."""
        from spikewright.conversion.reading.plan import CodeTraits

        return CodeTraits(two_sided=False)

    def obstacles(self, plan: Plan) -> tuple[Obstacle, ...]:
        """What of a model that can be read this recipe has no spikes for; by default nothing. `plan` may miss what is no obstacle
        of yours: what no recipe can convert is told already, and units behind that read sources that are not in it."""
        return ()

    def prepared(self, plan: Plan) -> Plan:
        """The plan as this recipe needs it, such as with an output that fires; by default as it is."""
        return plan

    def below(self, plan: Plan, images: torch.Tensor) -> Mapping[str, Below]:
        """How far below zero the values of units go, by name: `coding` sees them as units that send that much more and are never
        negative. By default all that can be below zero, as far as they go on the samples."""
        from spikewright.conversion.recipes.below import Lows, measured_below, with_lows

        return measured_below(plan, images, with_lows(plan), Lows())

    @abstractmethod
    def coding(self, plan: Plan, images: torch.Tensor) -> Coding:
        """The code, a neuron for each unit of `plan.hidden`, and what its spikes stand for.

        `images`: float32 samples `(n, ...)`. Raises Unconvertible for units that this code cannot say, and InvalidInput.
        """

    def finished(self, network: Network, plan: Plan, images: torch.Tensor, progress: Progress = shown) -> Network:
        """The emitted network with what is done to it last, such as a calibration; by default as it is."""
        return network
