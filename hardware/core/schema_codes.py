"""The models of `core.json` for codes, how an image becomes events, and for early decisions.

x is a number of the image in [0, 1], in step t; `steps` is that of all. A golden input has its events in `golden.spikes`.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from spikewright.hardware.core.schema_parts import CoreRecord, Count

Steps = Annotated[int, Field(ge=1, le=1_000_000)]
Levels = Annotated[int, Field(ge=1, le=65535)]
Most = Annotated[int, Field(ge=1, le=127)]
Share = Annotated[float, Field(ge=0, le=1)]
Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]


class CoreCode(CoreRecord):
    """ "direct": the integer floor(x levels + 1/2), the same in every step, or, with a `window`, in the first so many steps.

    "rate": floor(x (t + 1) + 1/2) - floor(x t + 1/2) spikes in step t.
    """

    kind: Literal["direct", "rate"]
    later: ClassVar[frozenset[str]] = frozenset({"window"})
    steps: Steps
    levels: Levels | None
    window: Steps | None = None


class CoreTtfsCode(CoreRecord):
    """Time to first spike, once: floor(x levels + 1/2) slots are left, 0 of them is silence."""

    kind: Literal["ttfs"] = "ttfs"
    steps: Literal[1] = 1
    levels: Levels


class CoreBurstsCode(CoreRecord):
    """floor(m x (t + 1) + 1/2) - floor(m x t + 1/2) spikes in step t, m = `limit`."""

    kind: Literal["bursts"] = "bursts"
    steps: Steps
    limit: Most


class CoreSingleBurstCode(CoreRecord):
    """One spike in step floor((1 - x) (steps - 1) + 1/2), none where x <= `silent`."""

    kind: Literal["single_burst"] = "single_burst"
    steps: Steps
    silent: Share


class CorePhaseCode(CoreRecord):
    """The binary digits of floor(x (2**period - 1) + 1/2), the largest first, `periods` times.

    In step t a spike weighs 2**(period - 1 - t mod period): S and thresholds of all neurons are multiplied by that, and biases
    flow where t mod period = 0.
    """

    kind: Literal["phase"] = "phase"
    steps: Steps
    period: Annotated[int, Field(ge=1, le=16)]
    periods: Steps


class CorePoissonCode(CoreRecord):
    """A spike with a probability of x `probability` in each step, drawn with `seed`."""

    kind: Literal["poisson"] = "poisson"
    steps: Steps
    probability: Share
    seed: Seed


class CoreJitteredCode(CoreRecord):
    """Spikes at drawn distances, from `shortest` steps in the mean for x = 1 to `longest` for x = 0; see `snn.codes`."""

    kind: Literal["jittered_periodic"] = "jittered_periodic"
    steps: Steps
    shortest: Annotated[float, Field(ge=1, allow_inf_nan=False)]
    longest: Annotated[float, Field(ge=1, allow_inf_nan=False)]
    deviation: Share
    silent: Share
    seed: Seed


class CoreDeltaCode(CoreRecord):
    """Changes of at least `threshold` against what was seen last: the first half of the channels if up, the second if down."""

    kind: Literal["delta"] = "delta"
    steps: Steps
    threshold: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class CoreEventsCode(CoreRecord):
    """Events of a camera, `step_us` microseconds of them a step, at most `limit` of a pixel in one."""

    kind: Literal["address_events"] = "address_events"
    steps: Steps
    step_us: Count
    limit: Most


Code = Annotated[
    CoreCode
    | CoreTtfsCode
    | CoreBurstsCode
    | CoreSingleBurstCode
    | CorePhaseCode
    | CorePoissonCode
    | CoreJitteredCode
    | CoreDeltaCode
    | CoreEventsCode,
    Field(discriminator="kind"),
]


class CoreTerminateDelta(CoreRecord):
    """Over when the largest logit is `lead` or more above the second largest; one class alone never leads."""

    kind: Literal["terminate_delta"] = "terminate_delta"
    lead: Annotated[float, Field(gt=0)]


class CoreTerminateMax(CoreRecord):
    """Over when the largest logit is `count` or more."""

    kind: Literal["terminate_max"] = "terminate_max"
    count: Annotated[float, Field(gt=0)]


class CoreQuiescence(CoreRecord):
    """Over when nothing flows in any more and no neuron has fired in a step, which never comes before the last step here."""

    kind: Literal["quiescence"] = "quiescence"


Decision = Annotated[CoreTerminateDelta | CoreTerminateMax | CoreQuiescence, Field(discriminator="kind")]
