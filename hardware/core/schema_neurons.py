"""The models of `core.json` for neurons. In each step S is the sum of what arrives, b the bias, V the potential before and after.

U = sat(V + S + b) is saturated once to `potential_bits`. All numbers are integers.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from spikewright.hardware.core.schema_parts import CoreRecord, Count, Values, Whole

Factors = tuple[Whole, ...]


class CoreSource(CoreRecord):
    """The input: events come from outside, encoded as `code` says."""

    kind: Literal["source"] = "source"


class CoreIntegrateFire(CoreRecord):
    """U = sat(V + S + b), or sat(V - (V >> leak_shift) + S + b); U >= threshold fires; V = U - threshold or 0.

    For `refractory` steps after a spike it does not fire: then V stays as it was behind the spike, whatever arrives.
    """

    kind: Literal["integrate_fire"] = "integrate_fire"
    later: ClassVar[frozenset[str]] = frozenset({"refractory"})
    threshold: Values
    reset: Literal["subtract", "zero"]
    leak_shift: Annotated[int, Field(ge=1, le=62)] | None
    refractory: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class CoreSignedFire(CoreRecord):
    """+1 if U >= threshold and fewer than `limit` (null: any number) are out; else -1 if U < 0 and some are out.

    V = U - threshold times the spike; what is out is the sum of its spikes before.
    """

    kind: Literal["signed_fire"] = "signed_fire"
    threshold: Values
    limit: Annotated[int, Field(ge=1, le=2**31 - 1)] | None


class CoreTernaryFire(CoreRecord):
    """+1 and V = U - threshold if U >= threshold; -1 and V = U + negative if U <= -negative."""

    kind: Literal["ternary_fire"] = "ternary_fire"
    threshold: Values
    negative: Values


class CoreBurst(CoreRecord):
    """n = clip(U // threshold, 0, limit) spikes in one step; V = U - n threshold."""

    kind: Literal["burst"] = "burst"
    threshold: Values
    limit: Annotated[int, Field(ge=1, le=127)]


class CoreFewSpike(CoreRecord):
    """In step k it fires if U >= threshold thresholds[k]; V = U - threshold resets[k], not saturated.

    A spike of step k counts amplitudes[k] for those that it reaches.
    """

    kind: Literal["few_spike"] = "few_spike"
    threshold: Values
    thresholds: Factors
    resets: Factors
    amplitudes: Factors


class CoreLatchedFire(CoreRecord):
    """One spike in a run. What has arrived flows on: I = I + S, U = sat(V + I + b), of a held input the S of this step.

    It fires if U >= threshold and has not fired; V = 0 then and ever after.
    """

    kind: Literal["latched_fire"] = "latched_fire"
    threshold: Values


class CoreRamp(CoreRecord):
    """Sends once the slots that are left, clip((2 V + d) // (2 d), 0, levels), d = window / levels, V = sat(V0 + S + b)."""

    kind: Literal["ramp"] = "ramp"
    window: Annotated[int, Field(ge=1, le=2**62)]
    levels: Count


class CoreMaxGate(CoreRecord):
    """Sends m(t) - m(t - 1), m(t) the largest count of what has arrived of a neuron in its window, m = 0 at first.

    Layerwise: it has the largest count m before its first step, and sends min(max(left, -q), q) of what is left of it in each,
    q the most that one of its sources sends in a step. Of sources that send one number for the run: the largest, once.
    """

    kind: Literal["max_gate"] = "max_gate"


class CoreIntegrator(CoreRecord):
    """V = sat(V + S + b); never fires."""

    kind: Literal["integrator"] = "integrator"


class CoreQuantReLU(CoreRecord):
    """y = clip(floor((S + b) multiplier / 2**shift + 1/2), 0, levels)."""

    kind: Literal["quant_relu"] = "quant_relu"
    multiplier: Values
    shift: Annotated[int, Field(ge=0, le=62)]
    levels: Count


Neuron = Annotated[
    CoreSource
    | CoreIntegrateFire
    | CoreSignedFire
    | CoreTernaryFire
    | CoreBurst
    | CoreFewSpike
    | CoreLatchedFire
    | CoreRamp
    | CoreMaxGate
    | CoreIntegrator
    | CoreQuantReLU,
    Field(discriminator="kind"),
]
