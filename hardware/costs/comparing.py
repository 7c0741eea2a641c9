"""The verb: `compare_cores(networks, data) -> CoreComparison`, what networks cost as spike core and as CNN core."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from spikewright import InvalidInput, Progress, SpikewrightError, Table
from spikewright.hardware.costs.core_cost import FORMAL, SPIKE, CoreCost, CoreRefusal, NetworkRun
from spikewright.hardware.costs.equal_terms import EqualTerms
from spikewright.hardware.costs.verdicts import verdicts_of
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.supported import check_buildable
from spikewright.markup import html_table
from spikewright.progress import shown, watched
from spikewright.snn import Network, simulate

Cores = Mapping[str, Network | SpikewrightError]
"""The network of each core by its name, SPIKE or FORMAL, or the error that says why there is none."""
SHOWN = (
    "technique", "core", "accuracy", "weight_memory_bits", "memory_bits", "lut", "ff", "bram36", "dsp", "latency_cycles",
    "interval_cycles", "fpga_energy_uj", "asic45_energy_nj", "refused",
)  # fmt: skip
UNSAVED = ("technique", "core", "refused")


@dataclass(frozen=True, eq=False, repr=False)
class CoreComparison:
    """Both cores of every technique, the uncompressed network first, in the order in which they were given.

    head: what all have in common. costs: a CoreCost for each, or a CoreRefusal.
    """

    head: str
    costs: tuple[CoreCost | CoreRefusal, ...]

    @property
    def table(self) -> Table:
        """A row for each core: accuracy, bits, area, cycles, energies, with their bounds; `refused` says why there is none."""
        rows = [one.row for one in self.costs]
        columns = dict.fromkeys(name for row in sorted(rows, key=len, reverse=True) for name in row)
        return Table.of({name: row.get(name) for name in columns} for row in rows)

    @property
    def saved(self) -> Table:
        """For each core the share of each measure that the technique saves of what the same core takes uncompressed; below zero
        where it costs more."""
        return Table.of(self._savings())

    @cached_property
    def verdicts(self) -> Mapping[str, str]:
        """By technique what it saves and costs in words, with the reason where the two cores differ."""
        return verdicts_of(self.table)

    def of(self, technique: str, core: str) -> CoreCost | CoreRefusal:
        """One of them. Raises InvalidInput where it is not there."""
        if core not in (pair := self._pair(technique)):
            names = ", ".join(dict.fromkeys(one.technique for one in self.costs))
            raise InvalidInput(f"expected one of {names} as {SPIKE} or {FORMAL}, got {technique!r} as {core!r}")
        return pair[core]

    def __str__(self) -> str:
        told = [f"{name}: {verdict}" for name, verdict in self.verdicts.items()]
        return "\n".join((self.head, "", str(self._short()), "", *told))

    def __repr__(self) -> str:
        names = list(dict.fromkeys(one.technique for one in self.costs))
        return f"CoreComparison({', '.join(names)}: {len(self.costs)} cores)"

    def _repr_html_(self) -> str:
        told = html_table("what compression saves", [{"technique": k, "verdict": v} for k, v in self.verdicts.items()])
        return html_table(self.head, self._short()) + told

    def _short(self) -> Table:
        return Table.of({name: row.get(name) for name in SHOWN if name in self.table.columns} for row in self.table)

    def _pair(self, technique: str) -> dict[str, CoreCost | CoreRefusal]:
        return {one.core: one for one in self.costs if one.technique == technique}

    def _savings(self) -> Iterator[dict[str, Any]]:
        first = self._pair(self.costs[0].technique) if self.costs else {}
        for one in self.costs:
            row, before = {name: one.row.get(name) for name in UNSAVED}, first.get(one.core)
            if isinstance(one, CoreCost) and isinstance(before, CoreCost):
                known = before.measures.items()
                row |= {name: 1 - one.measures[name] / value if value else None for name, value in known}
            yield row


@watched
def compare_cores(
    networks: Mapping[str, Cores], data: tuple[Any, Any], terms: EqualTerms | None = None, *, progress: Progress = shown
) -> CoreComparison:
    """What each of `networks` costs as a spike core and as a CNN core, on the same terms.

    networks: by technique, the uncompressed one first, `{"spike core": network, "CNN core": network}`, both in fixed point; an
    error in the place of a network is a refusal, and its message a row of the table.
    data: images `(samples, *input shape)` and labels `(samples,)`, or None, on which all are run.
    What a core refuses is a row with the reason, too. Raises InvalidInput for no networks and for unknown cores.
    """
    chosen = terms or EqualTerms()
    _check(networks)
    found: list[CoreCost | CoreRefusal] = []
    for number, (technique, cores) in enumerate(networks.items()):
        found += _costs(technique, cores, data, chosen)
        progress("cores", number + 1, len(networks))
    return CoreComparison(_head(networks, data, chosen), tuple(found))


def _check(networks: Mapping[str, Cores]) -> None:
    if not networks:
        raise InvalidInput("expected at least one technique, got none; try {'dense': {'spike core': network}}")
    for technique, cores in networks.items():
        if not cores or set(cores) - {SPIKE, FORMAL}:
            raise InvalidInput(
                f"expected networks of {SPIKE!r} and {FORMAL!r} for {technique!r}, got {', '.join(cores) or 'none'}"
            )


def _costs(technique: str, cores: Cores, data: tuple[Any, Any], terms: EqualTerms) -> Iterator[CoreCost | CoreRefusal]:
    """The CNN core before the spike core, whose lanes may follow from it; given back in the order of the table."""
    found: dict[str, CoreCost | CoreRefusal] = {}
    for core in (name for name in (FORMAL, SPIKE) if name in cores):
        try:
            found[core] = _cost(technique, core, cores[core], data, terms, found.get(FORMAL))
        except SpikewrightError as error:
            found[core] = CoreRefusal(technique, core, str(error))
    yield from (found[core] for core in (SPIKE, FORMAL) if core in found)


def _cost(
    technique: str, core: str, network: Network | SpikewrightError, data: tuple[Any, Any], terms: EqualTerms,
    beside: CoreCost | CoreRefusal | None,
) -> CoreCost:  # fmt: skip
    if isinstance(network, SpikewrightError):
        raise network
    check_buildable(network)
    images, labels = data
    activity = simulate(network, images)
    run = NetworkRun(network, activity, simulate(network, images[: terms.timed], record=("rasters",)), labels)
    estimator, point = Estimator(network, activity), terms.point(network)
    if core == SPIKE and terms.match == "area" and isinstance(beside, CoreCost):
        point = terms.matched(estimator, beside.estimate.lut.value)
    return run.cost(technique, core, point, estimator)


def _head(networks: Mapping[str, Cores], data: tuple[Any, Any], terms: EqualTerms) -> str:
    device = terms.device if isinstance(terms.device, str) else terms.device.name
    lanes = f"{terms.lanes} channel lanes a layer at most"
    shared = (
        f"both with {lanes}"
        if terms.match == "lanes"
        else f"the CNN core with {lanes}, the spike core with as many LUTs"
    )
    timed = min(terms.timed, len(data[0]))
    return (
        f"{device} at {terms.clock_mhz:g} MHz, {shared}; {_information(next(iter(networks.values())))}. "
        f"Accuracy and activity: {len(data[0]):,} images. Cycles: {timed} of them, each alone, counted by the exact simulator. "
        "Bits: the memories of the circuit. Areas and energies are estimates with intervals."
    )


def _information(cores: Cores) -> str:
    """What values are made of in the two cores."""
    spiking, formal = cores.get(SPIKE), cores.get(FORMAL)
    told = [f"spikes over {spiking.steps} steps"] if isinstance(spiking, Network) else []
    if isinstance(formal, Network):
        levels = [p.neuron.levels for p in formal.populations if p.neuron.sends == "values" and p.neuron.levels]
        told.append(f"activations of {max(levels, default=0) + 1} levels")
    return " against ".join(told) or "no core of the first technique"
