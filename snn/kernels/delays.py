"""What was sent before, kept in columns: a column of `ends` for each step, events of all columns one after the other."""

from spikewright.snn.kernels.jit import compiled


@compiled
def append_columns(kept, new, column):
    """Append the `new` events to those that are `kept`, whose steps end at `column`."""
    for s in range(kept.address.shape[0]):
        begin, first = kept.ends[s, column], new.ends[s, 0]
        for n in range(new.ends[s, -1] - first):
            kept.address[s, begin + n] = new.address[s, first + n]
            if new.value.shape[1]:
                kept.value[s, begin + n] = new.value[s, first + n]
        for t in range(1, new.ends.shape[1]):
            kept.ends[s, column + t] = begin + new.ends[s, t] - first


@compiled
def drop_columns(kept, oldest, stop):
    """The events of the columns from `oldest` to `stop` become the first."""
    for s in range(kept.address.shape[0]):
        gone = kept.ends[s, oldest]
        for n in range(gone, kept.ends[s, stop]):
            kept.address[s, n - gone] = kept.address[s, n]
            if kept.value.shape[1]:
                kept.value[s, n - gone] = kept.value[s, n]
        for column in range(oldest, stop + 1):
            kept.ends[s, column - oldest] = kept.ends[s, column] - gone
