"""What the networks saw: images before and after they were harmed, the change magnified, and what each network says of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from spikewright.experiments.plots.robustness import title_and_unit
from spikewright.experiments.plots.style import title_of
from spikewright.experiments.report.png import data_address
from spikewright.experiments.stages.examples import EXAMPLES_FILE, Examples

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult

MOST, NETWORKS = 8, 8
"""Perturbations that a page shows so, and networks of each; of a large study the first ones."""


@dataclass(frozen=True)
class Answers:
    """The classes that the network `name` gives to the harmed images, and whether each is right."""

    name: str
    classes: tuple[int, ...]
    right: tuple[bool, ...]


@dataclass(frozen=True)
class Harmed:
    """Harmed images and how they differ from the inputs, as addresses, with the answers of all networks that were given them."""

    changed: tuple[str, ...]
    changes: tuple[str, ...]
    answers: tuple[Answers, ...]

    @property
    def names(self) -> str:
        """The networks."""
        return ", ".join(each.name for each in self.answers)


@dataclass(frozen=True)
class Strip:
    """One perturbation: `title` and `strength` in words, the inputs as addresses with their classes, and what became of them.

    magnified: by how much the changes are.
    """

    title: str
    strength: str
    inputs: tuple[str, ...]
    labels: tuple[int, ...]
    harmed: tuple[Harmed, ...]
    magnified: float

    @property
    def right(self) -> int:
        """How many answers are right."""
        return sum(sum(answers.right) for each in self.harmed for answers in each.answers)


def strips_of(result: "StudyResult") -> tuple[Strip, ...]:
    """A strip for each of the first perturbations of which cells keep examples, of the first seed.

    The strongest attack on the networks themselves stands first, then what is no attack, then the others.
    """
    found: dict[tuple[str, str, float], list[tuple[str, Examples]]] = {}
    for stage, name, one in islice(_kept(result), MOST * NETWORKS):
        key = (stage, one.perturbation, one.strength)
        if len(found) < MOST or key in found:
            found.setdefault(key, []).append((name, one))
    made = [(stage, perturbation, _strip(several[:NETWORKS])) for (stage, perturbation, _), several in found.items()]
    own = sorted(
        (each for each in made if each[0] == "attack" and " from " not in each[1]), key=lambda each: each[2].right
    )
    noise = [each for each in made if each[0] != "attack"]
    rest = [each for each in made if each not in own[:1] and each not in noise]
    return tuple(each[2] for each in (*own[:1], *noise, *rest))


def _kept(result: "StudyResult") -> Iterator[tuple[str, str, Examples]]:
    """Stage, network and examples of each cell that keeps some."""
    for cell in result.cells:
        path = result.store.cells / cell.folder / EXAMPLES_FILE
        if cell.stage in ("noise", "attack") and cell.seed == result.study.seeds[0] and path.is_file():
            yield cell.stage, title_of(str(cell.params["subject"])), Examples.load(path)


def _strip(several: list[tuple[str, Examples]]) -> Strip:
    """Networks that were given the same images share them."""
    first = several[0][1]
    most = max(float(np.abs(one.changed - one.inputs).max()) for _, one in several) or 1.0
    groups: dict[bytes, list[tuple[str, Examples]]] = {}
    for name, one in several:
        groups.setdefault(one.changed.tobytes(), []).append((name, one))
    title, unit = title_and_unit(first.perturbation)
    inputs, labels = tuple(map(data_address, first.inputs)), tuple(map(int, first.labels))
    harmed = tuple(_harmed(group, most) for group in groups.values())
    return Strip(title, f"{unit}: {first.strength:g}", inputs, labels, harmed, 0.5 / most)


def _harmed(group: Iterable[tuple[str, Examples]], most: float) -> Harmed:
    (_, one), *_ = group = list(group)
    changes = 0.5 + 0.5 * (one.changed - one.inputs) / most
    return Harmed(
        tuple(map(data_address, one.changed)),
        tuple(map(data_address, changes)),
        tuple(_answers(name, each) for name, each in group),
    )


def _answers(name: str, one: Examples) -> Answers:
    return Answers(name, tuple(map(int, one.after)), tuple(map(bool, one.after == one.labels)))
