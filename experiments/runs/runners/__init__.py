"""Where cells run: in this process, in processes of this machine, or on the workers of a Dask scheduler."""
