"""Training of what was converted: weights with surrogate gradients, spike times."""
