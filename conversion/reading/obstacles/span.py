"""An obstacle that spans several steps of a graph, as data."""

from dataclasses import dataclass

from spikewright.conversion.reading.obstacles.catalogue import Advice


@dataclass(frozen=True)
class Span:
    """Steps that are one obstacle together.

    node: the one that it is named after. nodes: all of them, in order. advice: what to say. told: which steps it was seen by.
    reads: the step whose value a substitute passes on, None where its values are of another shape.
    """

    node: str
    nodes: tuple[str, ...]
    advice: Advice
    reads: str | None = None
    told: str = ""
