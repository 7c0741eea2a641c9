"""One look for all figures: CNNs solid in warm colours, spiking networks dashed in cool ones, wherever they appear."""

from collections.abc import Iterator, Mapping, Sequence
from colorsys import hsv_to_rgb
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import Kind, atomic_path, check_path
from spikewright.files import beside
from spikewright.kinds import holds, holds_last

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = Path(__file__).with_name("spikewright.mplstyle")
ANN_COLOUR, SNN_COLOUR = "#D55E00", "#0072B2"
FAINT, INK = "#BBBBBB", "#333333"
_GOLDEN = 0.6180339887498949
"""Steps of this share of a line never meet."""
_ANN_LINES, _SNN_LINES = ("-", "-"), ("--", "-.", ":", (0, (3, 1, 1, 1, 1, 1)))
_ANN_MARKERS, _SNN_MARKERS = "sDP", "o^vX"
_ANN_COLOURS = (ANN_COLOUR, "#B8860B", "#8C2D04", "#CC79A7")
_SNN_COLOURS = (SNN_COLOUR, "#00805C", "#5E3C99", "#3FA7E0")


@dataclass(frozen=True)
class Look:
    """How a network is drawn."""

    colour: Any
    line: Any
    marker: str

    @property
    def options(self) -> dict[str, Any]:
        """For `ax.plot`."""
        return {"color": self.colour, "linestyle": self.line, "marker": self.marker}


def looks(kinds: Mapping[str, str]) -> dict[str, Look]:
    """The look of each network: `kinds` says "SNN" or another kind, which is drawn as a CNN.

    CNNs are warm and spiking networks cool in colour; no two share one, and neighbours differ in line and marker.
    """
    seen = {True: 0, False: 0}
    made = {}
    for name, kind in kinds.items():
        snn = kind == "SNN"
        place = seen[snn]
        seen[snn] += 1
        lines, markers = (_SNN_LINES, _SNN_MARKERS) if snn else (_ANN_LINES, _ANN_MARKERS)
        made[name] = Look(_colour(place, snn=snn), lines[place % len(lines)], markers[place % len(markers)])
    return made


def _colour(place: int, *, snn: bool) -> tuple[float, float, float]:
    """One of the chosen colours, and behind these, points of the colour circle: warm from red to yellow, cool from green to
    violet, no two the same."""
    chosen = _SNN_COLOURS if snn else _ANN_COLOURS
    if place < len(chosen):
        return lighter(chosen[place], 1.0)
    step = (place - len(chosen)) * _GOLDEN % 1.0
    return hsv_to_rgb(0.38 + 0.42 * step if snn else 0.16 * step, 0.9, 0.45 + 0.4 * (place * _GOLDEN**2 % 1.0))


def lighter(colour: str, share: float) -> tuple[float, float, float]:
    """`share` of the colour, the rest white."""
    values = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (share * value + (1 - share) for value in values)
    return red, green, blue


def title_of(name: str, kind: str = "") -> str:
    """A network's name for people: "ann" is the ANN itself."""
    return "ANN" if name == "ann" else f"{name} ({kind})" if kind else name


def halo() -> list[Any]:
    """A white rim for text that stands among points and lines."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.2, foreground="white")]


def percent(share: float, digits: int = 1) -> str:
    """Such as "98.4 %", with a space that does not break."""
    return f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


@contextmanager
def styled() -> Iterator[None]:
    """The project's style without a display, for the length of the block."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    with plt.style.context(str(STYLE)):
        yield


FIGURE_FILE = Kind("a figure of spikewright", holds(b"Software\0spikewright"))
VECTOR_FILE = Kind("a figure of spikewright", holds(b"<dc:title>spikewright</dc:title>"))
PRINTED_FILE = Kind("a figure of spikewright", holds_last(b"/Creator (spikewright)"))
KINDS: Mapping[str, tuple[Kind, Mapping[str, Any]]] = {
    "png": (FIGURE_FILE, {"Software": "spikewright"}),
    "svg": (VECTOR_FILE, {"Date": None, "Creator": "spikewright"}),
    "pdf": (PRINTED_FILE, {"CreationDate": None, "Creator": "spikewright"}),
}
"""Kind and metadata of each format."""


def figure_files(base: str | Path, formats: Sequence[str] = ("png", "svg")) -> dict[Path, Kind]:
    """The files that `save_figure` writes."""
    return {beside(base, f".{each}"): KINDS[each][0] for each in formats}


def save_figure(
    figure: "Figure", base: str | Path, formats: Sequence[str] = ("png", "svg"), *, force: bool = False
) -> tuple[Path, ...]:
    """Write `base`.png and `base`.svg, or other `formats` ("pdf"), all or nothing, the same bytes each time; close the figure.

    Older figures of this project are replaced, other files only with `force`; else InvalidFile, before anything is written.
    """
    import matplotlib.pyplot as plt

    files = figure_files(base, formats)
    try:
        for path, kind in files.items():
            check_path(path, kind, force=force)
        for path, kind in files.items():
            with atomic_path(path, kind, force=force) as temporary:
                figure.savefig(temporary, format=path.suffix[1:], metadata=dict(KINDS[path.suffix[1:]][1]))
    finally:
        plt.close(figure)
    return tuple(files)
