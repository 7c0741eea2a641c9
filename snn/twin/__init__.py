"""The differentiable twin of a network, in torch."""
