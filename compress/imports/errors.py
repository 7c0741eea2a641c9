"""What an importer says when it stops: a rule raises what is wrong, `told` adds where, and makes a sentence for the user."""

from collections.abc import Iterator
from contextlib import contextmanager

from spikewright import InvalidInput, SpikewrightError

_WHATEVER = (ValueError, TypeError, LookupError, RuntimeError, ArithmeticError, StopIteration, MemoryError)
"""What numpy and torch raise when sizes and settings contradict each other."""


class Unsupported(SpikewrightError):
    """The operation is sound, but no layer here computes it: what it is, and what to try."""

    def __init__(self, what: str, substitute: str = "") -> None:
        super().__init__(what)
        self.substitute = substitute


class Damaged(SpikewrightError):
    """The file contradicts itself or its format."""


@contextmanager
def told(where: str, whole: str, damaged: type[SpikewrightError]) -> Iterator[None]:
    """Errors inside, as one sentence each with the node `where` of the `whole`, a "graph" or a "program".

    Unsupported becomes InvalidInput with what to try; all that a contradiction can raise becomes `damaged`.
    """
    try:
        yield
    except Unsupported as error:
        way = error.substitute or "an ordinary layer in its place"
        raise InvalidInput(f"expected layers that torch.nn has, got {error} in {where}; try {way}") from error
    except (Damaged, *_WHATEVER) as error:
        raise damaged(
            f"expected a sound {whole}, got {first_line(error)} in {where}; try to export it again"
        ) from error


def first_line(error: BaseException) -> str:
    """The first line of what `error` says, at most 200 characters; its type when it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
