"""Bridges to other simulators and to torch. Each module imports its tool, nothing else does."""
