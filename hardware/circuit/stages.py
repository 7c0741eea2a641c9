"""What lies between the events of a population and the front of a projection: a fork, a queue, or one that delays, and an
order."""

from spikewright.hardware.circuit.orders import OrderTable, places_read, staged_order
from spikewright.hardware.circuit.readouts import tallied
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import Map, as_map
from spikewright.hardware.circuit.verilog import instance, wire
from spikewright.hardware.circuit.words import address_bits
from spikewright.snn import Population, Projection


def fork(circuit: Circuit, population: Population) -> str:
    """What a population sends goes to all that read it in one cycle: the queues of projections, and of the output the tally."""
    network, n = circuit.network, circuit.numbers[population.name]
    readers = [f"q{k}" for k, projection in enumerate(network.projections) if projection.source == population.name]
    if population.name == network.output and tallied(circuit):
        readers.append("r")
    lines = [wire("r_ready")] if "r" in readers else []
    lines += [f"assign e{n}_ready = {' & '.join(f'{reader}_ready' for reader in readers) or 1};"]
    for reader in readers:
        valid = " & ".join([f"e{n}_valid", *(f"{other}_ready" for other in readers if other != reader)])
        lines += [wire(f"{reader}_valid"), f"assign {reader}_valid = {valid};"]
    return "\n".join(lines)


def queue(circuit: Circuit, number: int, projection: Projection) -> str:
    """The queue of a projection, from `q<number>` to `f<number>`; with a delay it holds the events of so many steps."""
    source, k = projection.source, number
    ports = {"rst": "restart", "in_valid": f"q{k}_valid", "in_ready": f"q{k}_ready"}
    ports |= {"in_word": f"e{circuit.numbers[source]}_event", "out_valid": f"f{k}_valid", "out_ready": f"f{k}_ready"}
    ports |= {"out_word": f"f{k}_event"}
    sizes: dict[str, int | str] = {"WIDTH": circuit.event_bits(source)}
    if not projection.delay:
        depth = circuit.queue(projection.name)
        return instance("sw_fifo", f"queue{k}", sizes | {"DEPTH": depth, "BITS": address_bits(depth)}, ports)
    depth = delay_depth(circuit, projection)
    steps = circuit.network.steps
    sizes |= {"DEPTH": depth, "BITS": address_bits(depth), "STEPS": steps, "STEP_BITS": address_bits(steps + 1)}
    return instance("sw_step_delay", f"queue{k}", sizes | {"DELAY": min(projection.delay, steps)}, ports | _BEGINS)


_BEGINS = {"begins": "begins"}


def beginning(circuit: Circuit) -> str:
    """What tells the queues of delay when an inference begins; nothing where there are none."""
    network = circuit.network
    if not any(projection.delay for projection in network.projections):
        return ""
    tokens = 1 if circuit.once(network.input) else network.steps
    ports = {"rst": "restart", "moves": "e0_valid && e0_ready", "token": "e0_event[0]", "begins": "begins"}
    sizes: dict[str, int | str] = {"TOKENS": tokens, "BITS": address_bits(tokens)}
    return "\n".join([wire("begins"), instance("sw_begins", "beginning", sizes, ports)])


def delay_depth(circuit: Circuit, projection: Projection) -> int:
    """Words that a queue of delay must hold so that nothing ever waits for ever: all of the steps that are under way in it.

    Those are `delay` steps at most, and never more than an inference has that still arrive.
    """
    steps, most = circuit.network.steps, circuit.network.by_name[projection.source].size + 1
    return max(2, min(projection.delay, steps - projection.delay) * most)


def held_events(circuit: Circuit, projection: Projection) -> int:
    """The most events that wait for the front of a projection, each at all places where an order reads it."""
    order = staged_order(projection)
    often = 1 if order is None else max(len(places) for places in places_read(order))
    return often * (delay_depth(circuit, projection) if projection.delay else circuit.queue(projection.name))


def front_map(circuit: Circuit, projection: Projection) -> Map:
    """The map (C, H, W) of the places that events have at the front of a projection."""
    order = staged_order(projection)
    return as_map(circuit.network.by_name[projection.source].shape if order is None else order.shape)


def last_stage(circuit: Circuit, projection: Projection) -> str:
    """The stream that a front takes: f from the queue, g behind counts, o behind an order."""
    if staged_order(projection) is not None:
        return "o"
    return "g" if circuit.counted(projection) else "f"


def ordering(circuit: Circuit, number: int, projection: Projection) -> str:
    """The stream `o<number>`, which an order makes of that of the queue, or of the counts behind it."""
    order = staged_order(projection)
    assert order is not None
    k, given, value = number, "g" if circuit.counted(projection) else "f", circuit.pass_bits(projection)
    table, file = OrderTable.of(order), f"q{number:02d}_o.mem"
    circuit.store(file, table.words())
    _, rows, columns = as_map(circuit.network.by_name[projection.source].shape)
    parameters: dict[str, int | str] = {"Y_SIZE": rows, "X_SIZE": columns, "VALUE": value}
    bits = circuit.coordinate_bits(projection.source)
    parameters |= {f"{axis}_BITS": each for axis, each in zip("CYX", bits, strict=True)}
    parameters |= {"PLACE": sum(table.coordinate_bits), "NEXT": table.next_bits, "ROWS": len(table.rows)}
    parameters |= {"BITS": address_bits(len(table.rows)), "FILE": file}
    ports = {"rst": "restart"}
    for side, stream in (("in", given), ("out", "o")):
        ports |= {f"{side}_{what}": f"{stream}{k}_{what}" for what in ("valid", "ready", "event")}
    lines = [wire(f"o{k}_valid"), wire(f"o{k}_ready"), wire(f"o{k}_event", 1 + sum(table.coordinate_bits) + value)]
    return "\n".join([*lines, instance("sw_order", f"order{k}", parameters, ports)])


def staged(projection: Projection) -> bool:
    """Whether events go through a delay or an order on their way to the front."""
    return projection.delay > 0 or staged_order(projection) is not None
