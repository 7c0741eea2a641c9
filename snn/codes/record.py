"""What a code is asked by the rest of the house, so that nobody asks for its type: its traits, with neutral answers."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from spikewright.snn.checked import check_steps, plain

Inside = Literal["step weights", "first spikes"]
"""What a code changes in the law of the neurons behind the input. "step weights": S and every threshold of step t are multiplied
by `weight(t)`. "first spikes": hidden neurons let only their first `limit` spikes through."""


class Code:
    """How numbers become spikes at the input: its record holds the parameters, and its traits say what others have to know.

    What it sends is said in `snn.neurons.record.Sends`.
    """

    tag: ClassVar[str]
    """Its name in files, where that is not the name of the class."""
    sends: ClassVar[Literal["spikes", "values", "times"]] = "spikes"
    takes: ClassVar[Literal["images", "frames", "events"]] = "images"
    """What comes in: images; images or frames, one a step; or the events of a camera."""
    inside: ClassVar[Inside | None] = None

    levels: int | None = None
    """The levels of what is sent once; None: real numbers, or spikes."""
    window: int | None = None
    """The steps in which a constant input flows; None: all."""

    if TYPE_CHECKING:

        @property
        def steps(self) -> int: ...

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)

    @property
    def graded(self) -> bool:
        """Whether it sends one number for the whole run instead of spikes in steps."""
        return self.sends != "spikes"

    @property
    def most(self) -> int:
        """The largest integer that a neuron of the input sends, in a step or once."""
        return self.levels or 1

    @property
    def bounded(self) -> bool:
        """Whether inputs have to lie in [0, 1]."""
        return True

    @property
    def hidden_limit(self) -> int | None:
        """The most spikes that a hidden neuron may send in the whole run; None: any number."""
        return None

    @property
    def charge_steps(self) -> int:
        """How many steps are `charged`: a bias enters so many times in the run, layerwise all of it in step 0."""
        return self.window or self.steps

    @property
    def heaviest_steps(self) -> int:
        """How many of the heaviest steps weigh at least as much as the whole run."""
        return self.steps

    def charged(self, step: int) -> bool:
        """Whether biases and a direct input enter in `step`."""
        return step < self.charge_steps

    def weight(self, step: int) -> int:
        """What a spike of `step` counts."""
        return 1

    def image_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of one image for an input population of `shape`. Raises InvalidNetwork where there is none."""
        return shape

    def with_steps(self, steps: int) -> Self:
        """The same over another number of steps. Raises InvalidInput where steps are not what it is made of."""
        record: Any = self
        changed: Self = replace(record, steps=steps)
        return changed
