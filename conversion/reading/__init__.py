"""From a graph to a Plan: values, layers, sums and pools, and what is refused."""
