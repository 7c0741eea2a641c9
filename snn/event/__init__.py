"""The event engine in plain Python: plans a run, chunk by chunk, and drives the kernels."""
