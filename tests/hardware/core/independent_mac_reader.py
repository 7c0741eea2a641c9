"""A reader of MAC cores that was written from docs/core-format.md alone, beside that of spike cores.

It replays the golden traces through the tables and weights in mem/, as the circuit would.
"""

import json
from itertools import product
from pathlib import Path

import numpy as np

from tests.hardware.core.independent_reader import take, words


class Source:
    """What one projection brings to the sums of a block: buffer, walk and weights."""

    def __init__(self, folder, buffer, walk, source):
        self.b, self.w, self.s, mem = buffer, walk, source, folder / "mem"

        def table(module, file, *bits):
            return [take(word, *bits) for word in words(mem / module[file])]

        a, w = walk["A_BITS"], walk["W_BITS"]
        self.places = [
            table(buffer, "C_FILE", a, buffer["BC_BITS"]),
            table(buffer, "Y_FILE", a, buffer["BY_BITS"], 1),
            table(buffer, "X_FILE", a, buffer["BX_BITS"], 1),
        ]
        self.groups = table(walk, "G_FILE", w, a, walk["N_BITS"])
        self.rows = table(walk, "Y_FILE", walk["T_BITS"], walk["EY_BITS"])
        self.columns = table(walk, "X_FILE", walk["U_BITS"], walk["EX_BITS"])
        if walk["LIST"]:
            self.index = table(walk, "I_FILE", a, walk["EY_BITS"], walk["EX_BITS"])
        self.taps = [
            self.lanes(table(source, file, *[a] * n, *[bank] * n, *[1] * n, w), n)
            for file, n, bank in (
                ("T_FILE", source["BANKS_Y"], source["BY_BITS"]),
                ("U_FILE", source["BANKS_X"], source["BX_BITS"]),
            )
        ]
        if source["WEIGHED"]:
            code, each = source.get("CODE", 0), source["WEIGHT"]
            self.weights = table(source, "W_FILE", *[code or -each] * source["CHANNELS"])
            if code:
                meant = [row[0] for row in table(source, "TABLE_FILE", -each)]
                self.weights = [[meant[number] for number in row] for row in self.weights]

    @staticmethod
    def lanes(table, n):
        """{tap, for each lane the address of its bank and its number, or None where it is not valid}."""
        return [
            (row[3 * n], [(row[row[n + i]], row[n + i]) if row[2 * n + i] else None for i in range(n)]) for row in table
        ]

    def fill(self, values):
        """The banks with the values (c, y, x, value) of an image."""
        self.banks = {}
        for c, y, x, value in values:
            (ca, bc), (ya, by, kept_y), (xa, bx, kept_x) = (t[at] for t, at in zip(self.places, (c, y, x), strict=True))
            if kept_y and kept_x:
                self.banks[by, bx, bc, (ca + ya + xa) % (1 << self.b["A_BITS"])] = value

    def steps(self, g, ry, rx):
        """(row of taps, column of taps, values, weights) of each step of a block."""
        (weights, values, count), (row, rows), (column, columns) = self.groups[g], self.rows[ry], self.columns[rx]
        if not count or not rows or not columns:
            return
        if self.w["LIST"]:
            for k in range(weights, weights + count):
                at, down, across = self.index[k]
                for i, j in product(range(self.w["POOL_Y"]), range(self.w["POOL_X"])):
                    yield row + down + i, column + across + j, at, k
            return
        for n, i, j in product(range(count), range(rows), range(columns)):
            yield row + i, column + j, values + n * self.w["NEXT_VALUES"], weights + n * self.w["NEXT_WEIGHTS"]

    def brought(self, g, ry, rx):
        """(position lane row, column, values of the channel lanes, weights of the channel lanes) of each step that is valid."""
        s, whole = self.s, 1 << self.w["A_BITS"]
        for row, column, values, weights in self.steps(g, ry, rx):
            (down, by_row), (across, by_column) = self.taps[0][row], self.taps[1][column]
            met = [1] * s["CHANNELS"]
            if s["WEIGHED"]:
                met = self.weights[(weights + down + across) % (1 << self.w["W_BITS"])]
            for (ly, one), (lx, other) in product(enumerate(by_row), enumerate(by_column)):
                if one is not None and other is not None:
                    at = (values + one[0] + other[0]) % whole
                    banks = range(s["CHANNELS"]) if s["ONE"] else [0] * s["CHANNELS"]
                    yield ly, lx, [self.banks.get((one[1], other[1], bc, at), 0) for bc in banks], met


class Layer:
    """The outputs of a population."""

    def __init__(self, folder, layer, send, sources):
        self.p, self.s, self.sources = layer, send, sources
        kept = words(folder / "mem" / send["K_FILE"])
        self.constants = [take(word, -send["BIAS"], send["MULTIPLIER"]) for word in kept]

    def outputs(self):
        """(c, y, x, V, what is sent), in the order in which they are."""
        p, s, number = self.p, self.s, 0
        for ry, rx, g in product(range(p["BLOCKS_Y"]), range(p["BLOCKS_X"]), range(p["GROUPS"])):
            sums = self.sums(g, ry, rx)
            for by, bx, cl in product(range(p["BANKS_Y"]), range(p["BANKS_X"]), range(p["CHANNELS"])):
                c, y, x = g * p["CHANNELS"] + cl, ry * p["BANKS_Y"] + by, rx * p["BANKS_X"] + bx
                if c < s["C_SIZE"] and y < s["Y_SIZE"] and x < s["X_SIZE"]:
                    bias, multiplier = self.constants[(0, c, number)[s["CONSTANTS"]]]
                    v = saturated(int(sums[by, bx, cl]) + bias, s["WIDTH"])
                    said = (2 * v * multiplier + (1 << s["SHIFT"])) >> (s["SHIFT"] + 1)
                    yield c, y, x, v, min(max(said, 0), s["LEVELS"]) if s["LEVELS"] else v
                    number += 1

    def sums(self, g, ry, rx):
        p = self.p
        sums = np.zeros((p["BANKS_Y"], p["BANKS_X"], p["CHANNELS"]), np.int64)
        for k, source in enumerate(self.sources):
            shift = p["SHIFTS"] >> (8 * k) & 255
            for ly, lx, values, weights in source.brought(g, ry, rx):
                if p["COMPARES"]:
                    sums[ly, lx] = np.maximum(sums[ly, lx], values)
                else:
                    sums[ly, lx] += np.array(values) * np.array(weights) << shift
        return sums


def saturated(number, bits):
    return min(max(number, -(1 << (bits - 1))), (1 << (bits - 1)) - 1)


def replay(folder):
    """What differs from the golden traces, a line each; nothing if all is equal."""
    folder = Path(folder)
    core = json.loads((folder / "core.json").read_text())
    circuit, golden = core["circuit"], core["golden"]
    layers, reads = layers_of(folder, core)
    images = images_of(words(folder / circuit["streams"]["input"], circuit["events"][core["input"]]["bits"]))
    samples = [sample(core, layers, reads, image) for image in images]
    found, logits = [], [[said for *_, said in sorted(sent[core["output"]])] for sent, _ in samples]
    wanted = [word for row in logits for word in (row.index(max(row)), 1, *row)]
    if wanted != [take(word, -circuit["answer"]["bits"])[0] for word in words(folder / circuit["streams"]["answers"])]:
        found.append("answers")
    for name, file in circuit["streams"]["events"].items():
        bits = circuit["events"][name]["bits"]
        sent = [(*at, said & ((1 << bits[4]) - 1)) for one, _ in samples for *at, said in one[name]]
        golden_words = words(folder / file, bits)
        if sent != [word for word in golden_words if word != "token"] or golden_words.count("token") != len(images):
            found.append(f"values of {name}")
    for name, memory in golden["potentials"].items():
        whole = [take(word, -memory["bits"])[0] for word in words(folder / memory["file"])]
        if whole != [v for _, potentials in samples for v in potentials[name]]:
            found.append(f"potentials of {name}")
    return found


def layers_of(folder, core):
    """Each population's layer, and the projections into it."""
    of = {(one["module"], one["part"]): one["parameters"] for one in core["circuit"]["instances"]}
    layers, reads = {}, {}
    for population in core["populations"]:
        name = population["name"]
        reads[name] = [q for q in core["projections"] if q["target"] == name]
        if reads[name]:
            sources = [
                Source(folder, *(of[f"sw_mac_{part}", q["name"]] for part in ("buffer", "walk", "source")))
                for q in reads[name]
            ]
            layers[name] = Layer(folder, of["sw_mac_layer", name], of["sw_mac_send", name], sources)
    return layers, reads


def images_of(stream):
    """The values of each image: what lies between tokens."""
    images = [[]]
    for word in stream:
        if word == "token":
            images.append([])
        else:
            images[-1].append(word)
    return images[:-1]


def sample(core, layers, reads, image):
    """What each population sends for an image, and its potentials, row-major."""
    sent, potentials = {core["input"]: image}, {}
    while len(sent) <= len(layers):
        for name, layer in layers.items():
            if name in sent or not all(q["source"] in sent for q in reads[name]):
                continue
            for source, q in zip(layer.sources, reads[name], strict=True):
                source.fill(sent[q["source"]])
            outputs = list(layer.outputs())
            sent[name] = [(c, y, x, said) for c, y, x, _, said in outputs]
            potentials[name] = [v for *_, v, _ in sorted(outputs)]
    return sent, potentials
