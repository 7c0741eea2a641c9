"""The circuit of a network, simulated, beside the engine."""
