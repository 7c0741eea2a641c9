"""A reader of spike cores that was written from docs/core-format.md alone: it knows nothing of the project.

It replays the golden traces of a core of IF and LIF neurons through the tables and weights in mem/, as the circuit would.
"""

import json
from pathlib import Path

import numpy as np


def words(path):
    return [int(line, 16) for line in Path(path).read_text().split()]


def take(word, *bits):
    """The fields of a word from its lowest bit on; a negative number of bits means a field with a sign."""
    out = []
    for size in bits:
        width = abs(size)
        value = word & ((1 << width) - 1)
        out.append(value - (1 << width) if size < 0 and value >> (width - 1) else value)
        word >>= width
    return out


class Layer:
    """The potentials of one sw_array and the fronts before it."""

    def __init__(self, folder, array, fronts, synapses):
        self.p, self.n = array, array["GROUPS"] * array["BLOCKS_Y"] * array["BLOCKS_X"]
        assert not array.get("SEAT"), "packed rows are not read"
        self.lanes = array["CHANNELS"] * array["BANKS_Y"] * array["BANKS_X"]
        each = (-array["POTENTIAL"], -array["DRIVE"], -array["THRESHOLD"])
        rows = [take(word, *(each * self.lanes)) for word in words(folder / "mem" / array["K_FILE"])]
        table = np.array(rows, object).reshape(len(rows), self.lanes, 3)
        which = {1: lambda b: 0, array["GROUPS"]: lambda b: b % array["GROUPS"]}.get(array["CONSTANTS"], lambda b: b)
        self.v0, self.drive, self.threshold = (
            np.array([table[which(b), :, k] for b in range(self.n)], np.int64) for k in range(3)
        )
        self.fronts = [Front(folder, f, s, array) for f, s in zip(fronts, synapses, strict=True)]

    def run(self, streams):
        """`streams`: for each front its steps, lists of (c, y, x, value). Gives the spikes and V of each step."""
        p, held, gathered = self.p, np.zeros((self.n, self.lanes), np.int64), [0] * len(streams)
        once = p.get("DRIVEN_ONCE", 0)
        potential, top = self.v0.copy(), 1 << (p["POTENTIAL"] - 1)
        for i, steps in enumerate(streams):
            if p.get("HELD", 0) >> i & 1:
                self.fronts[i].add(held, steps[0])
        for step in range(p["STEPS"]):
            leak = potential >> p["LEAK"] if p.get("LEAK") else 0
            word = potential - leak + (0 if once and step else self.drive) + held
            for i, steps in enumerate(streams):
                if p.get("HELD", 0) >> i & 1 or (once and step):
                    continue
                for _ in range(p["TOKENS"] >> (16 * i) & 0xFFFF):
                    self.fronts[i].add(word, steps[gathered[i]])
                    gathered[i] += 1
            fired = (word >= self.threshold) & (p["KIND"] == "if")
            potential = np.clip(word, -top, top - 1)
            after = np.zeros_like(potential) if p.get("RESET_ZERO") else potential - self.threshold
            potential = np.where(fired, after, potential)
            yield self.sent(fired), self.laid(potential)

    def places(self):
        """(block, lane, c, y, x) of every neuron on the map, in the order in which lanes are swept."""
        p = self.p
        for b in range(self.n):
            g, rx, ry = b % p["GROUPS"], b // p["GROUPS"] % p["BLOCKS_X"], b // p["GROUPS"] // p["BLOCKS_X"]
            for lane in range(self.lanes):
                cl, bx, by = (
                    lane % p["CHANNELS"],
                    lane // p["CHANNELS"] % p["BANKS_X"],
                    lane // p["CHANNELS"] // p["BANKS_X"],
                )
                c, y, x = g * p["CHANNELS"] + cl, ry * p["BANKS_Y"] + by, rx * p["BANKS_X"] + bx
                if c < p["C_SIZE"] and y < p["Y_SIZE"] and x < p["X_SIZE"]:
                    yield b, lane, c, y, x

    def sent(self, fired):
        return [(c, y, x, 1) for b, lane, c, y, x in self.places() if fired[b, lane]]

    def laid(self, potential):
        p = self.p
        out = np.zeros((p["C_SIZE"], p["Y_SIZE"], p["X_SIZE"]), np.int64)
        for b, lane, c, y, x in self.places():
            out[c, y, x] = potential[b, lane]
        return out.reshape(-1)


class Front:
    """The passes of one projection."""

    def __init__(self, folder, front, synapse, array):
        self.f, self.s, self.a, mem = front, synapse, array, folder / "mem"
        self.files = {key: words(mem / front[key]) for key in front if key.endswith("_FILE")}
        bits, code = synapse["WEIGHT"], synapse.get("CODE", 0)
        raw = words(mem / synapse["FILE"])
        count = synapse["ROW"] // (code or bits)
        self.rows = np.array([take(word, *([code or -bits] * count)) for word in raw], np.int64)
        if code:
            table = [take(word, -bits)[0] for word in words(mem / synapse["TABLE_FILE"])]
            self.rows = np.array(table, np.int64)[self.rows]

    def add(self, into, events):
        for c, y, x, value in events:
            times = self.s.get("TIMES", 0)
            number = {0: 1, 1: -1 if value else 1, 2: value, 3: value}[times] << self.s.get("SHIFT", 0)
            for one in self.passes(c, y, x):
                self.one_pass(into, number, *one)

    def passes(self, c, y, x):
        return self.listed(c, y, x) if "PLACE_FILE" in self.f else self.dense(c, y, x)

    def dense(self, c, y, x):
        f = self.f
        w, s, t = f["W_BITS"], f["S_BITS"], f["TILE_BITS"]
        cw, cb, lane = take(self.files["C_FILE"][c], w, s, f["LANE_BITS"])
        yw, yb, rows, oy, ry = take(self.files["Y_FILE"][y], w, s, t, f["OY_BITS"], -f["RY_BITS"])
        xw, xb, columns, more_w, more_b, ox, rx = take(
            self.files["X_FILE"][x], w, s, t, w, s, f["OX_BITS"], -f["RX_BITS"]
        )
        weight, block = cw + yw + xw, cb + yb + xb
        for i in range(rows):
            for j in range(columns):
                for g in range(f["GROUPS"]):
                    yield weight % (1 << w), take(block % (1 << s), -s)[0], oy, ox, ry + i, rx + j, lane
                    last_g, last = g == f["GROUPS"] - 1, g == f["GROUPS"] - 1 and j == columns - 1
                    weight += more_w if last else 1
                    block += more_b if last else f["NEXT_COLUMN"] if last_g else 1

    def listed(self, c, y, x):
        f = self.f
        n, s = f["LIST_BITS"], f["S_BITS"]
        cl, cb, lane = take(self.files["C_FILE"][c], n, s, f["LANE_BITS"])
        even = f.get("EACH", 0) > 0
        more_y, more_x = ((f["TILE_BITS"],), (f["COUNT_BITS"], f["W_BITS"])) if even else ((), ())
        yl, yb, no_y, oy, ty, *tiles = take(self.files["Y_FILE"][y], n, s, 1, f["OY_BITS"], -f["TY_BITS"], *more_y)
        xl, xb, no_x, ox, tx, *walk = take(self.files["X_FILE"][x], n, s, 1, f["OX_BITS"], -f["TX_BITS"], *more_x)
        if no_y or no_x:
            return
        number = (cl + yl + xl) % (1 << n)
        if even:
            turn = walk[0] + walk[1] - 1
            rows = [number + i * turn + j for i in range(tiles[0]) for j in range(walk[0])]
        else:
            first, count = take(self.files["LIST_FILE"][number], f["W_BITS"], f["COUNT_BITS"])
            rows = range(first, first + count)
        for w in rows:
            place = self.files["PLACE_FILE"][w]
            r, column, g = take(place, f["ROW_BITS"], f["COLUMN_BITS"], f["GROUP_BITS"])
            ry, rx = ty + r * f["STRIDE_Y"], tx + column * f["STRIDE_X"]
            if -f["LOWEST_Y"] <= ry < f["BLOCKS_Y"] and -f["LOWEST_X"] <= rx < f["BLOCKS_X"]:
                block = cb + yb + xb + g + column * f["ACROSS"] + r * f["DOWN"]
                yield w, take(block % (1 << s), -s)[0], oy, ox, ry, rx, lane

    def one_pass(self, into, number, weight, block, oy, ox, ry, rx, lane):
        a, row = self.a, self.rows[weight]
        for by in range(a["BANKS_Y"]):
            for bx in range(a["BANKS_X"]):
                down, right = by < oy, bx < ox
                if a["BANKS_Y"] > 1 and not 0 <= ry + down < a["BLOCKS_Y"]:
                    continue
                if a["BANKS_X"] > 1 and not 0 <= rx + right < a["BLOCKS_X"]:
                    continue
                to = block + down * a["BLOCKS_X"] * a["GROUPS"] + right * a["GROUPS"]
                tap = (by - oy) % a["BANKS_Y"] * a["BANKS_X"] + (bx - ox) % a["BANKS_X"]
                first = (by * a["BANKS_X"] + bx) * a["CHANNELS"]
                if self.s.get("ONE_CHANNEL"):
                    into[to, first + lane] += row[tap] * number
                else:
                    into[to, first : first + a["CHANNELS"]] += (
                        row[tap * a["CHANNELS"] : (tap + 1) * a["CHANNELS"]] * number
                    )


def replay(folder):
    """What differs from the golden traces, a line each; nothing if all is equal."""
    folder = Path(folder)
    core = json.loads((folder / "core.json").read_text())
    circuit, found = core["circuit"], []
    of = {}
    for one in circuit["instances"]:
        kind = {"sw_list_front": "sw_front"}.get(one["module"], one["module"])
        of[kind, one["part"]] = one["parameters"]
    stream = steps_of(words(folder / circuit["streams"]["input"]), circuit["events"][core["input"]]["bits"])
    once = core["code"]["kind"] == "direct"
    each = 1 if once else core["code"]["steps"]
    sent = {core["input"]: [stream[k : k + each] for k in range(0, len(stream), each)]}
    potentials = {}
    for population in core["populations"]:
        name = population["name"]
        if name == core["input"]:
            continue
        into = [q for q in core["projections"] if q["target"] == name]
        fronts, synapses = ([of[kind, q["name"]] for q in into] for kind in ("sw_front", "sw_synapse"))
        layer = Layer(folder, of["sw_array", name], fronts, synapses)
        sent[name], potentials[name] = [], []
        for sample in range(core["golden"]["samples"]):
            done = list(layer.run([sent[q["source"]][sample] for q in into]))
            sent[name].append([events for events, _ in done])
            potentials[name].append([v for _, v in done])
    for name, file in circuit["streams"]["events"].items():
        wanted = steps_of(words(folder / file), circuit["events"][name]["bits"])
        if wanted != [step for sample in sent[name] for step in sample]:
            found.append(f"events of {name}")
    for name, memory in core["golden"]["potentials"].items():
        whole = [take(word, -memory["bits"])[0] for word in words(folder / memory["file"])]
        if not np.array_equal(np.array(whole).reshape(memory["shape"]), np.array(potentials[name])):
            found.append(f"potentials of {name}")
    return found + answers(folder, core, sent, potentials)


def steps_of(stream, bits):
    """Words as steps, lists of (c, y, x, value)."""
    steps, now = [], []
    for word in stream:
        token, *event = take(word, *bits)
        if token:
            steps.append(now)
            now = []
        else:
            now.append(tuple(event))
    return steps


def answers(folder, core, sent, potentials):
    name, out = core["output"], []
    for sample in range(core["golden"]["samples"]):
        if core["readout"] == "potential":
            logits = potentials[name][sample][-1]
        else:
            logits = np.zeros(core["circuit"]["answer"]["logits"], np.int64)
            shape = next(p["shape"] for p in core["populations"] if p["name"] == name)
            _, height, width = (*shape, 1, 1)[:3]
            for t, step in enumerate(sent[name][sample]):
                for c, y, x, _ in step:
                    place = (c * height + y) * width + x
                    first = logits[place] or core["code"]["steps"] - t
                    logits[place] = logits[place] + 1 if core["readout"] == "count" else first
        out += [int(np.argmax(logits)), core["code"]["steps"], *map(int, logits)]
    bits = core["circuit"]["answer"]["bits"]
    wanted = [take(word, -bits)[0] for word in words(folder / core["circuit"]["streams"]["answers"])]
    return [] if wanted == out else ["answers"]
