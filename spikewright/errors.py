"""The one exception family. Messages read: expected X, got Y; try Z."""


class SpikewrightError(Exception):
    """Base of every error that the project raises on purpose; the command line turns it into exit code 2."""


class InvalidInput(SpikewrightError, ValueError):
    """An argument has a wrong shape, type, range or value."""


class InvalidNetwork(SpikewrightError, ValueError):
    """A spiking network contradicts itself: shapes, names, widths or cycles."""


class InvalidFile(SpikewrightError, ValueError):
    """A file is missing, truncated, of another version, or hostile. Nothing of it was used."""


class UnusableCheckpoint(InvalidFile, InvalidInput):
    """A checkpoint is damaged, of another version, or of other work. Nothing of it was used; without it the work begins anew."""


class MissingTool(SpikewrightError, RuntimeError):
    """An optional package, a program or a device that the call needs is not there."""
