"""The tables of a store of any size, reduced to what a page needs of them before they are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from spikewright import Table
from spikewright.experiments.records.reading import Tables

LARGE = 20_000
"""Tables up to so many rows are read whole."""
FEW = 2_000
"""Rows that are kept of a larger one, where it has no better choice."""
DESIGNS = f"""
select * from (
    select *, row_number() over () as place,
        min(case when fits then fpga_energy_uj end) over (
            partition by network order by lut, fpga_energy_uj rows between unbounded preceding and 1 preceding) as beaten,
        row_number() over (partition by network order by hash(lut, fpga_energy_uj)) as drawn
    from hardware)
where architecture <> 'sweep' or chosen or (fits and (beaten is null or fpga_energy_uj < beaten)) or drawn <= {FEW // 4}
order by place
"""
"""The named architectures, the core, the designs that none beats in area and energy, and some of the others."""
HARM = """
select model, perturbation, strength, kind, samples, any_value(note) as note, any_value("over") as "over", max(chips) as chips,
    avg(accuracy) as accuracy, avg(low) as low, avg(high) as high
from robustness group by model, perturbation, strength, kind, samples
order by min(seed), perturbation, model, strength
"""
"""Means over seeds and draws."""
CHOICES = {"hardware": (DESIGNS, ("place", "beaten", "drawn")), "robustness": (HARM, ())}


@dataclass(frozen=True)
class Reduced(Mapping[str, Table]):
    """The measured tables by name: small ones whole, of large ones a choice. `counts` says how many rows each really has."""

    whole: Tables
    _read: dict[str, Table] = field(default_factory=dict, repr=False)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Rows of each measured table."""
        quoted = {name: '"' + name.replace('"', '""') + '"' for name in self.whole}
        ask = self.whole.results.query
        return {name: ask(f"select count(*) as n from {known}").rows[0][0] for name, known in quoted.items()}

    @property
    def large(self) -> list[str]:
        """The names of the tables of which there is only a choice."""
        return [name for name, count in self.counts.items() if count > LARGE]

    def __getitem__(self, name: str) -> Table:
        if name not in self._read:
            self._read[name] = self._choice(name) if self.counts.get(name, 0) > LARGE else self.whole[name]
        return self._read[name]

    def _choice(self, name: str) -> Table:
        quoted = '"' + name.replace('"', '""') + '"'
        question, helpers = CHOICES.get(name, (f"select * from {quoted} limit {FEW}", ()))
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
