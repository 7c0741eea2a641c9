"""The tables of a store of any size, reduced to what a page needs of them before they are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from spikewright import Table
from spikewright.experiments.exploring.points import POINTS
from spikewright.experiments.exploring.showing import only_of
from spikewright.experiments.records.reading import Tables

LARGE = 20_000
"""Tables up to so many rows are read whole."""
FEW = 2_000
"""Rows that are kept of a larger one, where it has no better choice."""
DESIGNS = f"""
with designs as (select *, row_number() over () as place from hardware),
points as materialized (
    select place, network, lut, fpga_energy_uj as energy, fits, hash(lut, fpga_energy_uj) as drawn,
        architecture <> 'sweep' or chosen as named, floor(20 * log2(1 + lut)) as size
    from designs),
sizes as (
    select network, size, min(min(energy)) over (
        partition by network order by size rows between unbounded preceding and 1 preceding) as beaten
    from points where fits group by network, size),
near as (
    select place, energy, min(energy) over (
        partition by network order by lut, energy rows between unbounded preceding and 1 preceding) as beaten
    from points join sizes using (network, size) where fits and (beaten is null or energy < beaten)),
kept as (
    select place from near where beaten is null or energy < beaten
    union select place from points where named
    union select unnest(arg_min(place, drawn, {FEW // 4})) from points group by network)
select * from designs where place in (select place from kept) order by place
"""
"""The named architectures, the core, the designs that none beats in area and energy, and some of the others.

A million designs take half a second: only those that no smaller size beats are sorted (`near`), and the wide rows are read for
what is kept alone.
"""
HARM = """
select model, perturbation, strength, kind, samples, any_value(note) as note, any_value("over") as "over", max(chips) as chips,
    avg(accuracy) as accuracy, avg(low) as low, avg(high) as high
from robustness group by model, perturbation, strength, kind, samples
order by min(seed), perturbation, model, strength
"""
"""Means over seeds and draws."""
CHOICES = {"hardware": (DESIGNS, ("place",)), "robustness": (HARM, ())}


@dataclass(frozen=True)
class Reduced(Mapping[str, Table]):
    """The measured tables by name: small ones whole, of large ones a choice. `counts` says how many rows each really has.

    networks: the models and networks whose rows are kept; None: all.
    """

    whole: Tables
    networks: frozenset[str] | None = None
    _read: dict[str, Table] = field(default_factory=dict, repr=False)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Rows of each measured table."""
        asked = [
            f"select {place} as place, count(*) as n from {_quoted(name)}" for place, name in enumerate(self.whole)
        ]
        counts = self.whole.results.query(" union all ".join(asked) + " order by place")["n"] if asked else []
        return dict(zip(self.whole, counts, strict=True))

    @property
    def large(self) -> list[str]:
        """The names of the tables of which there is only a choice."""
        return [name for name, count in self.counts.items() if count > LARGE]

    def __getitem__(self, name: str) -> Table:
        if name not in self._read:
            found = self._choice(name) if self.counts.get(name, 0) > LARGE else self.whole[name]
            self._read[name] = found if name == POINTS else only_of(found, self.networks)
        return self._read[name]

    def _choice(self, name: str) -> Table:
        question, helpers = CHOICES.get(name, (f"select * from {_quoted(name)} limit {FEW}", ()))
        found = self.whole.results.query(question)
        kept = [place for place, column in enumerate(found.columns) if column not in helpers]
        return Table(
            tuple(found.columns[place] for place in kept),
            tuple(tuple(row[place] for place in kept) for row in found.rows),
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole)

    def __len__(self) -> int:
        return len(self.whole)


def _quoted(name: str) -> str:
    """The name of a table in SQL."""
    return '"' + name.replace('"', '""') + '"'
