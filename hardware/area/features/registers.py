"""Flip-flops of the modules that count and control, read off their Verilog: nothing here is fitted.

What synthesis leaves out is left out: what never changes, what nobody reads, what always equals something else. Families with
shift registers made of look-up tables (SHIFTERS) put chains of registers there, and see of a counter to 1 that it stays at 0.
"""

from spikewright.hardware.area.features.told import Told

SHIFTERS = ("xc7", "xcup")


def sequencer(told: Told) -> float:
    """One-hot states, `waited`, tokens, and the counters of blocks and steps."""
    blocks, constants = told.blocks, told.CONSTANTS
    found = 10 + (2 + told.TOKEN_BITS) * told.SOURCES + 7 * told.FIRES + (told.HELD != 0)
    found += _counted(told, blocks, told.R_BITS) + _counted(told, told.STEPS, told.STEP_BITS + told.PHASE_BITS)
    if constants > 1 or constants == blocks:
        found += _counted(told, constants, told.R_BITS)
    found += _moved(told.K_BITS, constants) * told.STEPPED
    found += _moved(told.C_BITS, told.C_STEP) * (told.GROUPS > 1) + _moved(told.X_BITS, told.BANKS_X) * (
        told.BLOCKS_X > 1
    )
    return float(found + _counted(told, blocks, _moved(told.Y_BITS, told.BANKS_Y)))


def decide(told: Told) -> float:
    """One-hot states, the neuron that is looked at, the best two and what the rule compares."""
    found = 10 + 2 * told.CLASS_BITS + 2 * told.LOGIT + told.STEP_BITS + _walk(told, "CYX") + (told.RULE > 0)
    if told.RULE == 1:
        found += 2 * told.LOGIT + 2 - (_zeros(told.HEIGHT) if told.family in SHIFTERS else 0)
    return float(found)


def tally(told: Told) -> float:
    """A place, what is added to it, and the logit that is read."""
    value = told.VALUE if told.TIMES > 1 else told.TIMES
    place = told.C_BITS + told.Y_BITS + told.X_BITS
    return float(3 + place + value + told.LOGIT * (2 if told.FIRST else 1))


def counts(told: Told) -> float:
    """A walk over neurons, a place, and a count before and after an event; a count of ones only needs what `shown` says."""
    place = told.C_BITS + told.Y_BITS + told.X_BITS
    replays = told.REPLAY > 0
    change = {0: int(replays), 1: 2}.get(told.TIMES, told.VALUE)
    walk = told.C_BITS + _walk(told, "YX") + _counted(told, told.STEPS, told.STEP_BITS)
    return float(walk + 6 + 2 * replays + place + 2 * told.COUNT + min(told.COUNT, change))


def begins(told: Told) -> float:
    """Whether an inference has begun, and a counter of tokens."""
    return 1.0 + _counted(told, told.TOKENS, told.BITS)


def front(told: Told) -> float:
    """An address of the weights and of a block, a tile, a group, and what the event says."""
    group = _counted(told, told.GROUPS, told.GROUP_BITS)
    return 3.0 + told.W_BITS + told.S_BITS + group + 2 * told.TILE_BITS + told.VALUE


def step_delay(told: Told) -> float:
    """Counters of words and of steps; a delay of all steps keeps no words, and of a single step nothing is left to count."""
    if told.DELAY < told.STEPS:
        return 18.0 + 3 * told.BITS + 2 * told.STEP_BITS + forwarded(told, told.WIDTH, told.BITS)
    return 16.0 + _counted(told, told.STEPS, 2 + 2 * told.BITS + told.STEP_BITS)


def levels(told: Told, in_blocks: bool) -> float:
    """The block that was fetched, where there is one the block that is kept, and the walk: lanes of the neuron that is fetched
    next and of the one that was, and what each axis adds to the number of a block."""
    lanes = sum((size - 1).bit_length() for size in (told.CHANNELS, told.BANKS_Y, told.BANKS_X))
    bits, many = told.R_BITS, told.blocks > 1
    walk = bits * many + bits * (told.GROUPS > 1) + _moved(bits, told.GROUPS) * (told.BLOCKS_X > 1)
    walk += _moved(bits, told.BLOCKS_X * told.GROUPS) * (told.BLOCKS_Y > 1)
    kept = 0 if in_blocks else told.lanes * told.POTENTIAL * (2 - many)
    return float(1 + 2 * lanes + walk + kept)


def list_front(told: Told) -> float:
    """Three stages: an event, its place with its list, its passes."""
    place = told.LANE_BITS + told.TY_BITS + told.TX_BITS + told.OY_BITS + told.OX_BITS + told.S_BITS + told.VALUE
    found = 8 + told.VALUE + 2 * place + told.COUNT_BITS + told.W_BITS
    if told.EACH:
        found += 2 * (told.TILE_BITS + told.COUNT_BITS + told.W_BITS) + min(told.W_BITS, told.LIST_BITS)
    return float(found)


def mac_layer(told: Told) -> float:
    """Counters of blocks, and what follows a step through nine cycles."""
    series = told.family in SHIFTERS
    found = 16 + told.SOURCES + told.QUEUE_BITS + (-(told.blocks == 1) if series else 9 * (1 + told.SOURCES))
    axes = ((told.GROUPS, told.G_BITS), (told.BLOCKS_Y, told.RY_BITS), (told.BLOCKS_X, told.RX_BITS))
    return float(found + sum(_counted(told, size, bits) for size, bits in axes))


def mac_walk(told: Told) -> float:
    """A block, the step in it, and the step a cycle and two cycles later; a list says places that are counted without one."""
    rows, columns = told.EY_BITS, told.EX_BITS
    found = 3 + 3 * told.T_BITS + 3 * told.U_BITS + rows + columns + told.N_BITS + 3 * told.W_BITS + told.A_BITS
    found += min(columns, told.U_BITS) + min(rows, told.T_BITS)
    if not told.LIST:
        return float(found + 2 * told.A_BITS + rows + columns)
    return float(found - 2 * (told.family in SHIFTERS and columns == told.POOL_X == 1))


def mac_send(told: Told) -> float:
    """Counters of lanes and places, a quarter of the sums, a sum, and the requantiser or what is passed on."""
    series = told.family in SHIFTERS
    number = told.L_BITS + told.LY_BITS + told.LX_BITS
    place = told.C_BITS + told.Y_BITS + told.X_BITS
    found = (
        15
        + 5 * number
        + 2 * place
        + 2 * told.K_BITS * (told.CONSTANTS == 2)
        + (-(-told.lanes // 4) + 1) * _summed(told)
    )
    if series:
        found += (
            1
            + told.K_BITS * (told.CONSTANTS == 1)
            - told.Y_BITS * (told.Y_SIZE == 1)
            - told.X_BITS * (told.X_SIZE == 1)
        )
    else:
        found += 8 * (1 + place)
    return float(found + (_requantised(told) if told.LEVELS else _passed(told)))


def _summed(told: Told) -> int:
    """Bits of a sum that anybody reads."""
    return told.SUM if told.LEVELS or told.SUM > told.WIDTH else min(told.SUM, told.VALUE)


def _passed(told: Told) -> int:
    """Sum, potential and four cycles of the value; a chain of equal ones is a shift register."""
    value = min(told.VALUE, told.WIDTH, told.SUM)
    if told.family not in SHIFTERS:
        return _summed(told) + 5 * value
    return (_summed(told) + value) * (told.SUM > told.WIDTH)


def _requantised(told: Told) -> int:
    """Sum, potential, what is kept of it, three cycles of the multiplier, two of the product but for bits that rounding drops."""
    kept, times = told.KEPT, told.MULTIPLIER
    dropped = max(0, told.SHIFT - 1)
    product = kept + times - (1 in (kept, times)) - dropped
    hard = kept > 1 and told.multiplier(kept, times, kept + times)
    found = told.SUM + min(told.SUM, told.WIDTH) + told.VALUE + kept - dropped * (times == 1)
    if told.family in SHIFTERS:
        return found + (times if hard else 2 * product)
    return found + 3 * (times - dropped * (kept == 1)) + 2 * product


def _counted(told: Told, size: int, bits: int) -> int:
    """A counter to `size`: families with SHIFTERS see that one to 1 stays where it is."""
    return bits if size > 1 or told.family not in SHIFTERS else 0


def forwarded(told: Told, width: int, bits: int, read: int = 0) -> int:
    """Around a block memory: SHIFTERS register there what is `read`; others forward what is written where it is read."""
    return 0 if told.family in SHIFTERS else read + 2 * width + bits + 2


def _walk(told: Told, axes: str) -> int:
    return sum(_counted(told, getattr(told, f"{axis}_SIZE"), getattr(told, f"{axis}_BITS")) for axis in axes)


def _zeros(number: int) -> int:
    return (number & -number).bit_length() - 1


def _even(step: int) -> int:
    """Lowest bits that never change in a sum that goes by `step`, but for one of them, which the tool keeps."""
    return max(0, _zeros(step) - 1)


def _moved(bits: int, step: int) -> int:
    """Bits of a sum that goes by `step`."""
    return 0 if step % (1 << bits) == 0 else bits - _even(step)
