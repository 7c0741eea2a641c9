"""A reader of spike cores that was written from docs/core-format.md alone: it knows nothing of the project.

It replays the golden traces of a spike core through the tables and weights in mem/, as the circuit would.
"""

import json
from pathlib import Path

import numpy as np


def words(path, bits=None):
    """The words of a file; with `bits` those of events, as (c, y, x, value) or "token"."""
    found = [int(line, 16) for line in Path(path).read_text().split()]
    if bits is None:
        return found
    return ["token" if event[0] else tuple(event[1:]) for event in (take(word, *bits) for word in found)]


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
    """The potentials of one sw_array and the fronts before it, in one inference."""

    def __init__(self, folder, array, fronts):
        self.p, self.n = array, array["GROUPS"] * array["BLOCKS_Y"] * array["BLOCKS_X"]
        assert not array.get("SEAT"), "packed rows are not read"
        self.lanes = array["CHANNELS"] * array["BANKS_Y"] * array["BANKS_X"]
        self.phases = array.get("PHASES", 1)
        many = array.get("THRESHOLDS", 1)
        each = (-array["POTENTIAL"], -array["DRIVE"], *[-array["THRESHOLD"]] * many)
        rows = [take(word, *(each * self.lanes)) for word in words(folder / "mem" / array["K_FILE"])]
        table = np.array(rows, object).reshape(len(rows), self.lanes, 2 + many)
        which = {1: lambda b: 0, array["GROUPS"]: lambda b: b % array["GROUPS"]}.get(array["CONSTANTS"], lambda b: b)
        self.constants = [  # of each phase: v0, drive, thresholds
            [np.array([table[first + which(b), :, k] for b in range(self.n)], np.int64) for k in range(2 + many)]
            for first in (range(0, len(rows), array["CONSTANTS"]) if array.get("STEPPED") else [0] * self.phases)
        ]
        self.fronts = fronts
        self.begin()

    def begin(self):
        self.v, self.t = self.constants[0][0].copy(), 0
        self.held = np.zeros((self.n, self.lanes), np.int64)
        self.memo = np.zeros((self.n, self.lanes), np.int64)
        self.current = np.zeros((self.n, self.lanes), np.int64)
        self.gathered = [0] * len(self.fronts)

    def wanted(self, i):
        """Tokens of projection i before the next sweep."""
        p = self.p
        if p.get("HELD", 0) >> i & 1:
            return 1 - min(self.gathered[i], 1)
        return 0 if p.get("DRIVEN_ONCE") and self.t else p["TOKENS"] >> (16 * i) & 0xFFFF

    def ready(self, streams):
        return self.t < self.p["STEPS"] and all(
            self.gathered[i] + self.wanted(i) <= len(streams[i]) for i in range(len(streams))
        )

    def step(self, streams):
        """`streams`: for each front its steps, lists of (c, y, x, value). Gives the events and V."""
        p, kind = self.p, self.p["KIND"]
        phase = self.t % self.phases
        _, drive, *thresholds = self.constants[phase]
        later = (p.get("DRIVEN_ONCE") and self.t) or (p.get("WEIGHED") and phase)
        added = np.zeros((self.n, self.lanes), np.int64)
        word = np.zeros_like(added) if kind == "latched" else self.v - (self.v >> p["LEAK"] if p.get("LEAK") else 0)
        for i, steps in enumerate(streams):
            for _ in range(self.wanted(i)):
                into = self.held if p.get("HELD", 0) >> i & 1 else word if kind == "gate" else added
                self.fronts[i].add(into, steps[self.gathered[i]], kind == "gate")
                self.gathered[i] += 1
        if p.get("WEIGHED"):
            added <<= self.phases - 1 - phase
        if kind == "latched":
            self.current += added + (self.held + drive if self.t == 0 else 0)
            word = self.current
        elif kind != "gate":
            word = word + added + self.held + (0 if later else drive)
        number, self.v = self.law(kind, word, thresholds)
        self.t += 1
        shown = self.u if kind == "ramp" else self.v
        return number, self.laid(shown)

    def law(self, kind, word, thresholds):
        p, v = self.p, self.v
        top = 1 << ((p.get("SATURATED") or p["POTENTIAL"]) - 1)
        u = self.u = np.clip(word, -top, top - 1)
        first, second = thresholds[0], thresholds[-1]
        zero, limit = p.get("RESET_ZERO"), p.get("LIMIT", 0)
        if kind == "none":
            return np.zeros_like(u), u
        if kind in ("if", "deaf", "stepped"):
            fired = (u if kind == "stepped" else word) >= first
            after = np.where(fired, 0 if zero else u - (second if kind == "stepped" else first), u)
            if kind != "deaf":
                return fired.astype(np.int64), after
            deaf = self.memo > 0
            fired &= ~deaf
            self.memo = np.where(fired, p["DEAF"], np.maximum(self.memo - 1, 0))
            return fired.astype(np.int64), np.where(deaf, 0 if zero else v, after)
        if kind == "signed":
            up = (word >= first) & ((limit == 0) | (self.memo != limit))
            number = up.astype(np.int64) - (~up & (word < 0) & (self.memo != 0))
            self.memo = self.memo + number
            return number, u - first * number
        if kind == "ternary":
            up, down = word >= first, word <= -second
            return up.astype(np.int64) - down, np.where(up, u - first, np.where(down, u + second, u))
        if kind == "burst":
            number = np.clip(u // first, 0, limit)
            return number, u - number * first
        if kind == "ramp":
            return np.clip((2 * u + p["SLOT"]) // (2 * p["SLOT"]), 0, limit), u
        if kind == "latched":
            fired = (v + word >= first) & (self.memo == 0)
            self.memo |= fired
            return fired.astype(np.int64), np.where(self.memo, 0, np.clip(v + word, -top, top - 1))
        assert kind == "gate", kind
        number = np.where(word == 0, 0, word - p.get("OFFSET", 0)) - self.memo
        number = np.clip(number, -limit, limit) if limit else number
        self.memo = self.memo + number
        return number, np.zeros_like(u) if p.get("FRESH") else u

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
                apart = p.get("APART", 1)
                c = g * p["CHANNELS"] + cl if apart == 1 else g + cl * apart
                y, x = ry * p["BANKS_Y"] + by, rx * p["BANKS_X"] + bx
                if c < p["C_SIZE"] and y < p["Y_SIZE"] and x < p["X_SIZE"]:
                    yield b, lane, c, y, x

    def sent(self, number):
        return [(c, y, x, int(number[b, lane])) for b, lane, c, y, x in self.places() if number[b, lane]]

    def laid(self, potential):
        p = self.p
        out = np.zeros((p["C_SIZE"], p["Y_SIZE"], p["X_SIZE"]), np.int64)
        for b, lane, c, y, x in self.places():
            out[c, y, x] = potential[b, lane]
        return out.reshape(-1)


class Stages:
    """What lies between a queue and a front: delay, counts, order. Gives the steps that have come through so far."""

    def __init__(self, folder, delay, counts, order, front, form, steps):
        self.delay, self.counts, self.order, self.steps = delay, counts, order, steps
        self.form, self.table, self.front = form, None, front
        if order:
            bits = [front["C_BITS"], front["Y_BITS"], front["X_BITS"], 1]
            bits += [1, order["NEXT"]] if order.get("NEXT") else []
            self.table = [take(word, *bits) for word in words(folder / "mem" / order["FILE"])]

    def through(self, steps):
        if self.delay:
            steps = ([[]] * self.delay + steps)[: self.steps]
        if self.counts:
            steps = list(self.counted(steps))
        if self.table:
            steps = [[place for event in step for place in self.placed(event)] for step in steps]
        return steps

    def counted(self, steps):
        k = self.counts
        counts = np.full((k["C_SIZE"], k["Y_SIZE"], k["X_SIZE"]), k.get("OFFSET", 0))
        for t, step in enumerate(steps):
            events = []
            for c, y, x, value in step:
                counts[c, y, x] += number_of(self.form, value)
                events.append((c, y, x, int(counts[c, y, x])))
            replay = k.get("REPLAY", 0)
            if replay == 1 or (replay == 2 and t == k["STEPS"] - 1):
                events = [(*at, int(count)) for at, count in np.ndenumerate(counts)]
            elif replay:
                events = []
            yield events

    def placed(self, event):
        c, y, x, value = event
        row, more = (c * self.order["Y_SIZE"] + y) * self.order["X_SIZE"] + x, 1
        while more:
            c, y, x, read, more, row = (self.table[row] + [0, 0])[:6]
            if read:
                yield c, y, x, value


def number_of(form, value):
    """The number that an event of a population says."""
    bits, form = form
    if form in ("plain", "sign"):
        return -1 if form == "sign" and value else 1
    return value - (1 << bits) if form == "signed" and value >> (bits - 1) else value


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

    def add(self, into, events, largest):
        """`largest`: the larger one stays instead of the sum."""
        for c, y, x, value in events:
            signed = value - (1 << self.s["VALUE"]) if value >> (self.s["VALUE"] - 1) else value
            number = {0: 1, 1: -1 if value else 1, 2: value, 3: signed}[self.s.get("TIMES", 0)] << self.s.get(
                "SHIFT", 0
            )
            for one in self.passes(c, y, x):
                if largest:
                    found = np.zeros_like(into)
                    self.one_pass(found, number, *one)
                    np.maximum(into, found, out=into)
                else:
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
    circuit, golden = core["circuit"], core["golden"]
    run = Run(folder, core)
    stream = words(folder / circuit["streams"]["input"])
    each = golden["spikes"][core["input"]]["rows"] // golden["samples"]
    steps = steps_of(stream, circuit["events"][core["input"]]["bits"])
    samples = [run.sample(steps[k : k + each]) for k in range(0, len(steps), each)]
    taken, wanted = answers(core, circuit, samples)
    bits, found = circuit["answer"]["bits"], []
    if wanted != [take(word, -bits)[0] for word in words(folder / circuit["streams"]["answers"])]:
        found.append("answers")
    counts = circuit["streams"].get("counts") or {}
    for name, file in circuit["streams"]["events"].items():
        sent = [run.words_of(name, sent[name]) for sent, _ in samples]
        if counts:
            sent = [one[:count] for one, count in zip(sent, counts[name], strict=True)]
        if [word for one in sent for word in one] != words(folder / file, circuit["events"][name]["bits"]):
            found.append(f"events of {name}")
    for name, memory in golden["potentials"].items():
        whole = [take(word, -memory["bits"])[0] for word in words(folder / memory["file"])]
        for sample, v in enumerate(np.array(whole).reshape(memory["shape"])):
            if not np.array_equal(v[: taken[sample]], np.array(samples[sample][1][name])[: taken[sample]]):
                found.append(f"potentials of {name}")
                break
    return found


class Run:
    """All layers of a core."""

    def __init__(self, folder, core):
        self.core, self.events, of = core, core["circuit"]["events"], {}
        for one in core["circuit"]["instances"]:
            kind = {"sw_list_front": "sw_front"}.get(one["module"], one["module"])
            of[kind, one["part"]] = one["parameters"]
        self.layers, self.stages, self.into, self.values = {}, {}, {}, {}
        for population in core["populations"]:
            name = population["name"]
            if name == core["input"]:
                continue
            self.into[name] = [q for q in core["projections"] if q["target"] == name]
            array, fronts = of["sw_array", name], []
            for q in self.into[name]:
                mine = {kind: of.get((kind, q["name"])) for kind in ("sw_front", "sw_synapse", "sw_counts", "sw_order")}
                fronts.append(Front(folder, mine["sw_front"], mine["sw_synapse"], array))
                event = self.events[q["source"]]
                form, steps = (event["bits"][4], event["form"]), core["code"]["steps"]
                self.stages[q["name"]] = Stages(
                    folder,
                    min(q.get("delay", 0), steps),
                    mine["sw_counts"],
                    mine["sw_order"],
                    mine["sw_front"],
                    form,
                    steps,
                )
            self.layers[name] = Layer(folder, array, fronts)
            self.values[name] = of.get(("sw_step_value", name))

    def sample(self, entered):
        """What every population sends in each step, and V after it, for the steps of an input."""
        sent, potentials = {self.core["input"]: entered}, {}
        for name, layer in self.layers.items():
            layer.begin()
            sent[name], potentials[name] = [], []
        moved = True
        while moved:
            moved = False
            for name, layer in self.layers.items():
                streams = [self.stages[q["name"]].through(sent[q["source"]]) for q in self.into[name]]
                if layer.ready(streams):
                    number, v = layer.step(streams)
                    sent[name].append(self.worded(name, layer.sent(number), layer.t - 1))
                    potentials[name].append(v)
                    moved = True
        return sent, potentials

    def worded(self, name, events, step):
        """Numbers as the values of events."""
        if name not in self.events:
            return []
        bits, form = self.events[name]["bits"][4], self.events[name]["form"]
        if value := self.values[name]:
            said = take(value["VALUES"], *[value["VALUE"]] * value["STEPS"])[step]
            return [(c, y, x, said) for c, y, x, _ in events]
        if form in ("plain", "sign"):
            return [(c, y, x, 1 if form == "plain" else int(n < 0)) for c, y, x, n in events]
        return [(c, y, x, n * self.events[name]["times"] & ((1 << bits) - 1)) for c, y, x, n in events]

    def words_of(self, name, steps):
        """Fields of all words, a token behind each step."""
        return [one for step in steps for one in [*step, "token"]]


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


def answers(core, circuit, samples):
    """The steps that each sample takes, and all words of the answers."""
    name, steps, taken, out = core["output"], core["code"]["steps"], [], []
    _, height, width = (*next(p["shape"] for p in core["populations"] if p["name"] == name), 1, 1)[:3]
    if len(next(p["shape"] for p in core["populations"] if p["name"] == name)) == 2:
        height, width = 1, height
    form = circuit["events"].get(name)
    for sent, potentials in samples:
        logits = np.zeros(circuit["answer"]["logits"], np.int64)
        for t in range(len(potentials[name])):
            for c, y, x, value in sent[name][t]:
                place, number = (c * height + y) * width + x, number_of((form["bits"][4], form["form"]), value)
                if core["readout"] == "count":
                    logits[place] += number
                elif logits[place] == 0:
                    logits[place] = number if core["code"]["kind"] == "ttfs" else steps - t
            if core["readout"] == "potential":
                logits = potentials[name][t]
            if over(core.get("decision"), logits, t, core["readout"], steps):
                break
        last = t + 1 if core.get("decision") else steps
        shown = (
            logits - (steps - last) * (logits > 0) if core["readout"] == "first" and core.get("decision") else logits
        )
        taken.append(last)
        out += [int(np.argmax(shown)), last, *map(int, shown)]
    return taken, out


def over(decision, logits, t, readout, steps):
    """Whether a decision stops behind step t."""
    if readout == "first":
        logits = logits - (steps - t - 1) * (logits > 0)
    ranked = np.sort(logits)[::-1]
    if decision is None or decision["kind"] == "quiescence":
        return False
    if decision["kind"] == "terminate_max":
        return ranked[0] >= decision["count"]
    return len(ranked) > 1 and ranked[0] - ranked[1] >= decision["lead"]
