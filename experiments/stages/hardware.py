"""The stage of a study that builds: estimates of every design point, one of them exported as a spike core."""

from typing import TYPE_CHECKING, Any

from spikewright.experiments.runs.work import Rows, Work

if TYPE_CHECKING:
    from spikewright.hardware import DesignPoint, Exploration
    from spikewright.snn import Activity, Network

CORE = "core"


def hardware(step: Work) -> Rows:
    """The corners and the sweep of all networks; the spiking point that is best by `best_by` becomes a core and is replayed."""
    from spikewright.hardware import explore
    from spikewright.snn import simulate

    part, names, dataset = step.params["hardware"], step.params["networks"], step.dataset
    count = part["images"]
    networks = [step.network(name) for name in names]
    candidates = [(network, simulate(network, dataset.test_images[:count])) for network in networks]
    labels = dataset.test_labels[:count]
    options = {"device": part["device"], "clock_mhz": part["clock_mhz"]}
    found = explore(candidates, **options, labels=labels, progress=step.progress)
    chosen = spiking_best(found, networks, part["best_by"])
    network, activity = candidates[chosen[0]]
    rows = [{**row, "network": names[row["candidate"]], "chosen": _is(found, row, chosen)} for row in found.table]
    return {
        "hardware": rows,
        "estimate": estimate_rows(network, activity, chosen[1], names[chosen[0]]),
        "core": [core_row(step, network, chosen[1], names[chosen[0]])],
    }


def spiking_best(found: "Exploration", networks: "list[Network]", column: str) -> "tuple[int, DesignPoint]":
    """Candidate number and point with the smallest `column` among the spiking networks (among all, if none spikes)."""
    from spikewright.snn import QuantReLU

    spiking = [
        place for place, net in enumerate(networks) if not any(isinstance(p.neuron, QuantReLU) for p in net.populations)
    ]
    fits = {row["candidate"] for row in found.table if row["fits"]}
    choices = [place for place in spiking or range(len(networks)) if place in fits] or [0]
    best = {place: found.best(column, candidate=place) for place in choices}
    cost = {place: _row_of(found, place, point)[column] for place, point in best.items()}
    place = min(cost, key=lambda one: (cost[one], one))
    return place, best[place]


def estimate_rows(network: "Network", activity: "Activity", point: "DesignPoint", name: str) -> list[dict[str, Any]]:
    """The chosen point, layer by layer and in all."""
    from spikewright.hardware import estimate

    return [{"network": name, **row} for row in estimate(network, activity, point).table]


def core_row(step: Work, network: "Network", point: "DesignPoint", name: str) -> dict[str, Any]:
    """Export the core with golden traces of test images, load it again through its schema, and replay it."""
    from spikewright.hardware import export, replay

    folder = export(
        network, point, step.folder / CORE, images=step.dataset.test_images[: step.params["hardware"]["golden"]]
    )
    again = replay(folder)
    return {
        "network": name,
        "physical_neurons": point.label,
        "device": point.device_name,
        "clock_mhz": point.clock_mhz,
        "files": sum(path.is_file() for path in folder.rglob("*")),
        "golden_samples": again.samples,
        "events_compared": again.events,
        "replay_equal": again.equal,
        "differences": "; ".join(again.differences),
    }


def _row_of(found: "Exploration", candidate: int, point: "DesignPoint") -> dict[str, Any]:
    rows = (row for row in found.table if row["candidate"] == candidate)
    return next(row for row in rows if found.estimates[row["point"]].point == point)


def _is(found: "Exploration", row: dict[str, Any], chosen: "tuple[int, DesignPoint]") -> bool:
    return bool(row["candidate"] == chosen[0] and row["point"] == _row_of(found, *chosen)["point"])
