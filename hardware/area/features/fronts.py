"""From events to what lanes add: fronts, orders, rows of weights, rotators; encoders of pixels."""

from spikewright.hardware.area.features import registers
from spikewright.hardware.area.features.told import Features, Told, counter

MOST_BANKS = 6
"""Banks along an axis up to which each number of them costs what it was measured to cost."""


def front(told: Told) -> Features:
    """Sums of addresses, and counters of groups and tiles."""
    grouped = told.GROUPS > 1
    return {
        "1": 1.0, **counter("weights", told.W_BITS), **counter("blocks", told.S_BITS),
        **counter("group", told.GROUP_BITS, grouped), "tiles": told.TILE_BITS,
        **counter("ry", told.RY_BITS), **counter("rx", told.RX_BITS), "next": float(told.NEXT_COLUMN != 1),
        "value": told.VALUE, "one weight": float(told.W_BITS == 1),
        "registers": registers.front(told),
    }  # fmt: skip


def order(told: Told) -> Features:
    """The number of a neuron out of its place."""
    down, across = told.Y_SIZE > 1, told.X_SIZE > 1
    power = [size & (size - 1) == 0 for size in (told.Y_SIZE, told.X_SIZE)]
    products = (down and not power[0]) + (across and not power[1])
    return {
        "registers": 2.0 + told.VALUE, "1": 1.0, "bits": told.BITS, "made": (down + across) * told.BITS,
        "products": products, "product bits": products * told.BITS,
        "next": (told.NEXT > 0) * told.BITS, "place": told.PLACE, "value": told.VALUE,
        "multipliers": products * float(told.multiplier(told.C_BITS, told.Y_BITS, told.BITS)),
    }  # fmt: skip


def turn(told: Told) -> Features:
    """A rotator of rows and of columns: a bit of each bank is chosen among those of its axis."""
    rows, columns, bits = told.BANKS_Y, told.BANKS_X, told.banks * told.TILE
    found: Features = {f"{min(rows, MOST_BANKS)} x {min(columns, MOST_BANKS)}": float(bits)}
    return found | {"more": float(bits * (max(0, rows - MOST_BANKS) + max(0, columns - MOST_BANKS)))}


def taps(told: Told) -> Features:
    """Products for each lane, or signs, or one channel of several."""
    made = told.banks * (1 if told.ONE_CHANNEL else told.CHANNELS)
    lanes, weight, tap = told.lanes, told.WEIGHT, told.TAP - told.SHIFT
    value = told.VALUE + (told.TIMES == 2)
    product = min(tap, weight + value)
    times = told.TIMES > 1
    hard = lanes * float(times and told.multiplier(weight, value, product))
    soft = lanes * times - hard
    one = float(told.ONE_CHANNEL != 0)
    row = made * weight + one * told.LANE_BITS
    sent = lanes * {0: min(tap, weight), 1: tap}.get(told.TIMES, product)
    packed = hard > 0 and told.family in ("xc7", "xcup")  # registers around a multiplier are part of it
    return {
        "registers": float(row if packed else row + (told.TIMES > 0) * told.VALUE + sent),
        "multipliers": hard, "soft": soft, "soft product": soft * weight * told.VALUE, "soft sent": soft * product,
        "signed": (told.TIMES == 1) * lanes * tap, "signs": (told.TIMES == 1) * lanes,
        "one channel": one * made * weight, "one channel lanes": one * lanes * weight,
        "one decoded": one * (told.CHANNELS > 1) * told.CHANNELS,
    }  # fmt: skip


def synapse(told: Told) -> Features:
    """A row of weights, or the address of a deep memory; two cycles of what goes with it."""
    count = told.ROW // (told.CODE or told.WEIGHT)
    late = told.column and not told.CODE and told.banks == 1
    return {
        "registers": (told.W_BITS if late else count * told.WEIGHT)
        + 2.0 * (told.LANE_BITS + told.OY_BITS + told.OX_BITS + told.VALUE),
        "row": count * told.WEIGHT, "lane": 2 * told.LANE_BITS, "place": 2 * (told.OY_BITS + told.OX_BITS),
        "value": 2 * told.VALUE, "coded": float(told.CODE > 0),
    }  # fmt: skip


def encode_steps(told: Told) -> Features:
    """Counters of pixels and steps, a memory of pixels, a table."""
    place = told.C_BITS + told.Y_BITS + told.X_BITS
    pixels = told.C_SIZE * told.Y_SIZE * told.X_SIZE
    return {
        "1": 1.0, "pixel number": told.N_BITS, "place": place, "step": told.STEP_BITS, "level": told.LEVEL,
        "value": told.VALUE, "tables": (pixels <= 64) * told.LEVEL,
        "table": told.VALUE * max(1.0, 2.0 ** (told.STEP_BITS + told.LEVEL - 6)) * (told.STEP_BITS + told.LEVEL <= 10),
    }  # fmt: skip


def encode_values(told: Told) -> Features:
    """Counters of pixels, and a product by a constant."""
    axes = ((told.C_SIZE, told.C_BITS), (told.Y_SIZE, told.Y_BITS), (told.X_SIZE, told.X_BITS))
    power = told.TIMES & (told.TIMES - 1) == 0
    return {
        "1": 1.0, "walk": sum(bits for size, bits in axes if size > 1), "axes": sum(size > 1 for size, _ in axes),
        "level": told.LEVEL, "value": told.VALUE * (not power),
    }  # fmt: skip


def list_front(told: Told) -> Features:
    """Three stages: tables, lists, and the place of each row of weights, with a product where that is no shift."""
    seated = told.SEAT * told.lanes
    steps = [
        (bits, each)
        for bits, each in ((told.ROW_BITS, told.DOWN), (told.COLUMN_BITS, told.ACROSS))
        if each & (each - 1)
    ]
    products = [(bits, each.bit_length(), min(told.S_BITS, bits + each.bit_length())) for bits, each in steps]
    return {
        "registers": registers.list_front(told),
        "1": 1.0, "weights": told.W_BITS, "blocks": told.S_BITS, "list": told.LIST_BITS, "count": told.COUNT_BITS,
        "row": told.ROW_BITS, "column": told.COLUMN_BITS, "group": told.GROUP_BITS,
        "ty": told.TY_BITS, "tx": told.TX_BITS, "value": told.VALUE, "lane": told.LANE_BITS,
        "place": told.OY_BITS + told.OX_BITS, "seated": seated, "ry": told.RY_BITS, "rx": told.RX_BITS,
        "down": float(told.DOWN > 1) * told.ROW_BITS, "across": float(told.ACROSS > 1) * told.COLUMN_BITS,
        "multipliers": float(sum(told.multiplier(*product) for product in products)),
    }  # fmt: skip


def memory(told: Told) -> Features:
    """Nothing, or the number of a memory on the load bus."""
    return {"loaded": float(told.MEMORY > 0)}


def loader(told: Told) -> Features:
    """Words that become rows of memories."""
    registers = 50.0 + 2.0 * told.LOAD_ADDRESS + told.LOAD_ROW
    return {
        "registers": registers, "1": 1.0, "words": told.LOAD_ROW / 32, "address": told.LOAD_ADDRESS,
        "memories": told.MEMORIES,
    }  # fmt: skip


def winners(told: Told) -> Features:
    """Lanes with their word, threshold, leak and inhibition, and the search for the best of them."""
    lanes = told.P
    leaks = float(told.LEAK > 0)
    tables = told.GROUPS > 1
    return {
        "1": 1.0, "input": told.IN_BITS, "number": told.N_BITS, "group": told.G_BITS, "steps": told.STEP_BITS,
        "word": lanes * told.WORD, "potential": lanes * told.POTENTIAL,
        "leak": leaks * lanes * told.POTENTIAL, "leak multipliers": leaks * lanes,
        "threshold": lanes * told.THRESHOLD, "inhibition": float(told.INHIBITION > 0) * lanes * told.WORD,
        "deaf": lanes * told.D_BITS, "numbers": lanes * told.N_BITS,
        "one row": (not tables) * lanes * (told.WORD + told.D_BITS),
        "memory": tables * lanes * (told.WORD + told.D_BITS) * -(-told.GROUPS // 32),
        "weights": lanes * told.WEIGHT,
    }  # fmt: skip
