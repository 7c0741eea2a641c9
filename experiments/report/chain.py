"""The boxes at the head of a report, in a few words each: what was done to the model, and how the networks code numbers."""

from typing import Any

from spikewright.experiments.studies.parts import CompressionPart, ConversionPart


def compressed_how(part: CompressionPart) -> str:
    """Such as "80 % pruned, 4-bit weights, 3-bit activations", or the names of a chain's methods."""
    stage = part.record()
    if stage.methods:
        return ", ".join(each["method"] for each in stage.methods)
    bits = f", {stage.bits}-bit weights" if stage.bits else ""
    activations = f", {stage.activation_bits}-bit activations" if stage.activation_bits else ""
    return f"{100 * stage.sparsity:g} % pruned{bits}{activations}"


def coded_how(part: ConversionPart) -> str:
    """Such as "7 steps of spikes, fixed point", or the name of the recipe."""
    told = str(CODES.get(part.recipe, _by_name)(part))
    return f"{told}, fixed point" if part.fixed else told


def _by_name(part: ConversionPart) -> str:
    return part.recipe.rpartition(":")[2]


CODES: dict[str, Any] = {
    "rate": lambda part: f"{part.record().steps} steps of spikes",
    "ttfs": lambda part: "time to first spike",
    "quantized": lambda part: "integers, one step",
}
