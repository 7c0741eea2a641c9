"""The integer CNN, its spiking twins, and the check that both give the same integers."""
