"""Modules of the MAC core."""

from spikewright.hardware.area.features import registers
from spikewright.hardware.area.features.told import Features, Told, chain


def lane(told: Told) -> Features:
    """A product and a sum, or the largest value."""
    value, weight = told.VALUE, told.WEIGHT
    if told.COMPARES:
        return {"registers": 3.0 * value, "compares": 1.0, "compared": float(value)}
    added = told.SUM - min(told.SHIFTS >> 8 * source & 255 for source in range(told.SOURCES))
    product = value + weight
    hard = told.multiplier(weight, value, product)
    packed = hard and told.family in ("xc7", "xcup")  # registers around a multiplier are part of it
    return {
        "registers": float(added if packed else added + product + min(product, added)), "multipliers": float(hard),
        "soft": float(not hard),
        "soft product": float(value * weight * (not hard)), "soft bits": product * float(not hard), "1": 1.0,
        "added": added, "product": product, "moved": (told.SOURCES > 1) * told.SUM,
        **chain(added),
    }  # fmt: skip


def layer(told: Told) -> Features:
    """Counters of blocks, and what follows a step through the pipeline."""
    return {
        "registers": registers.mac_layer(told),
        "1": 1.0, "groups": (told.GROUPS > 1) * told.G_BITS, "rows": (told.BLOCKS_Y > 1) * told.RY_BITS,
        "columns": (told.BLOCKS_X > 1) * told.RX_BITS,
        "sources": told.SOURCES, "queue": told.QUEUE_BITS,
        "axes": (told.GROUPS > 1) + (told.BLOCKS_Y > 1) + (told.BLOCKS_X > 1), "sources 2": float(told.SOURCES > 1),
    }  # fmt: skip


def send(told: Told) -> Features:
    """Counters of lanes, the choice of a sum, and the requantiser."""
    lanes, quarters = told.lanes, -(-told.lanes // 4)
    place = told.C_BITS + told.Y_BITS + told.X_BITS
    relu = float(told.LEVELS > 0)
    hard = relu * told.multiplier(told.KEPT, told.MULTIPLIER, told.KEPT + told.MULTIPLIER)
    product = {
        "multipliers": hard, "soft product": (relu - hard) * told.KEPT * told.MULTIPLIER,
        "hard bits": hard * (told.KEPT + told.MULTIPLIER),
    }  # fmt: skip
    return {
        "registers": registers.mac_send(told),
        "1": 1.0, "quarters": quarters * told.SUM, "lanes": lanes * told.SUM, "sum": told.SUM, "width": told.WIDTH,
        "saturates": (told.SUM > told.WIDTH) * told.WIDTH,
        "place": place, "lane bits": told.L_BITS + told.LY_BITS + told.LX_BITS,
        "constants": told.K_BITS * (told.CONSTANTS > 0), "bias": told.BIAS, "multiplier": relu * told.MULTIPLIER,
        "kept": relu * told.KEPT, "value": told.VALUE, "relu": relu, "product": relu * (told.KEPT + told.MULTIPLIER),
        "passed": (1 - relu) * told.VALUE, **product,
        "several": float(lanes > 1), "per value": (told.CONSTANTS == 2) * told.K_BITS,
        "rounded": relu * max(0, told.KEPT + told.MULTIPLIER - told.SHIFT), "all multiplier": told.MULTIPLIER,
        "quarters chosen": max(0, quarters - 1) * told.SUM, "fours": (min(lanes, 4) - 1) * quarters * told.SUM,
    }  # fmt: skip


def source(told: Told) -> Features:
    """Addresses of banks, and the way of their values to the lanes."""
    held = told.CHANNELS if told.ONE else 1
    words = told.banks * held * told.VALUE
    weights = told.CHANNELS * told.WEIGHT * (told.WEIGHED != 0)
    row = told.CHANNELS * (told.CODE or told.WEIGHT) * (told.WEIGHED != 0)
    return {
        "1": 1.0, "addresses": told.banks * told.A_BITS, "values": told.A_BITS, "weights": told.W_BITS,
        "words": words, **{f"rows {n}": float(words) for n in range(2, min(told.BANKS_Y, 6) + 1)},
        **{f"columns {n}": float(words) for n in range(2, min(told.BANKS_X, 6) + 1)},
        "row": weights, "row read": row, "y": told.BANKS_Y * (told.BY_BITS + 1),
        "x": told.BANKS_X * (told.BX_BITS + 1), "several rows": (told.BANKS_Y > 1) * words,
        "several columns": (told.BANKS_X > 1) * words,
        "decoded": told.BANKS_Y * told.BANKS_Y + told.BANKS_X * told.BANKS_X, "coded": float(told.CODE > 0) * weights,
        "weighed": float(told.WEIGHED != 0), "weighed bits": (told.WEIGHED != 0) * told.W_BITS,
    }  # fmt: skip


def walk(told: Told) -> Features:
    """Counters of taps and channels."""
    listed = float(told.LIST != 0)
    return {
        "registers": registers.mac_walk(told),
        "1": 1.0, "ey": told.EY_BITS, "ex": told.EX_BITS, "n": told.N_BITS, "a": told.A_BITS, "w": told.W_BITS,
        "t": told.T_BITS, "u": told.U_BITS, "listed": listed,
        "listed a": listed * told.A_BITS, "listed e": listed * (told.EY_BITS + told.EX_BITS),
        "counted a": (1 - listed) * told.A_BITS, "counted e": (1 - listed) * (told.EY_BITS + told.EX_BITS),
    }  # fmt: skip


def buffer(told: Told) -> Features:
    """Halves, and where a value is written."""
    banks = told.CHANNEL_BANKS * told.BANKS_Y * told.BANKS_X
    return {
        "1": 1.0, "address": told.A_BITS, "value": told.VALUE, "banks": banks * (banks > 1),
        "bank bits": told.BC_BITS + told.BY_BITS + told.BX_BITS,
        "several": float(banks > 1),
    }  # fmt: skip
