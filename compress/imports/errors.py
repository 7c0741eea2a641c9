"""What an importer says when it stops: the walk over the graph adds file, node and operator."""

from spikewright import SpikewrightError


class Unsupported(SpikewrightError):
    """The operation is sound, but no layer here computes it: what it is, and what to try."""

    def __init__(self, what: str, substitute: str = "") -> None:
        super().__init__(what)
        self.substitute = substitute


class Damaged(SpikewrightError):
    """The file contradicts itself or its format."""
