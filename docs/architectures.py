"""The table of architectures that convert or are refused: `python -m docs.architectures` writes docs/architectures.md."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from docs.reach import cell, section
from spikewright import Kind, atomic_path
from spikewright.kinds import holds
from tests.conversion.architectures import Case
from tests.conversion.blocks import SIGNED
from tests.conversion.refused import REFUSED, REFUSED_SEQUENCES, SEQUENCES, X
from tests.conversion.verdicts import EXACT, IN_FULL, STEPS, Verdict, judged, refused
from tests.reach.rows import load

PAGE = Path(__file__).with_suffix(".md")
PAGE_FILE = Kind("the page of architectures", holds(b"Written by `python -m docs.architectures`"))
INTRODUCTION = f"""# Which architectures convert

Written by `python -m docs.architectures`, from the models in `tests/conversion/`; the tests hold every row to its
verdict, the well-known networks in smaller widths. Weights are untrained, batch norms have random scales of both signs
and statistics near those of what they see, answers are those of two random images.

*ANN and plan*: the largest difference between the model in float64 and what the spiking network stands for (its
populations and weights, evaluated layer by layer in float64 without spikes), relative to how far the answers to the
images lie from their mean. Batch norms fold into float32 weights, which is all that is seen of them. *ANN and SNN*: the
same for the spiking network itself, float32 weights, by spike times that are never clipped (`Ttfs(ranges="interval")`).
Where values go below zero they are sent shifted, exact too; rates over {STEPS} steps (`Rate({STEPS}, percentile=100)`), with
spikes of both signs there, approach the model. Neurons are all but the input; gates are those of max pooling.
"""


def main() -> None:
    """Write the page; the widest networks take a minute together. Those of timm are read from docs/results/reach.json."""
    warnings.filterwarnings("ignore", message="Using padding='same'")
    write_page(PAGE, _page())


def write_page(page: Path, parts: Iterable[str]) -> None:
    """Write the page; raises InvalidFile when another file is there."""
    with atomic_path(page, PAGE_FILE) as path:
        path.write_text("\n".join(parts) + "\n")


def _page() -> Iterator[str]:
    yield INTRODUCTION
    yield "## In every code\n"
    yield from _converted(EXACT, signed=False)
    yield "\n## Well-known networks\n"
    yield from _converted(IN_FULL, signed=False)
    yield "\n## With spikes of both signs\n"
    yield from _converted(SIGNED, signed=True)
    yield from section(tuple(load().values()))
    yield "\n## Refused\n\nBefore anything runs, with the layer, the reason and a substitute.\n"
    yield "| what | the error names |\n| --- | --- |"
    for table, samples in ((REFUSED, X), (REFUSED_SEQUENCES, SEQUENCES)):
        for name, (make, _) in table.items():
            verdict = refused(make, samples)
            yield f"| {name} | {cell(verdict.reason) if not verdict.converts else '**converts**'} |"


def _converted(cases: Mapping[str, Case], *, signed: bool) -> Iterator[str]:
    yield "| architecture | shows | layers with weights | populations | neurons | ANN and plan | ANN and SNN |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, case in cases.items():
        verdict = judged(case, signed=signed)
        cells = (
            verdict.layers,
            verdict.populations,
            _neurons(verdict),
            f"{verdict.plan:.1e}",
            f"{verdict.spiking:.1e}",
        )
        yield f"| {name} | {case.shows or 'as named'} | {' | '.join(map(str, cells))} |"


def _neurons(verdict: Verdict) -> str:
    kinds = [f"{count:,} {kind}" for count, kind in ((verdict.gates, "gates"), (verdict.signed, "signed")) if count]
    return f"{verdict.neurons:,}" + (f" ({', '.join(kinds)})" if kinds else "")


if __name__ == "__main__":
    main()
