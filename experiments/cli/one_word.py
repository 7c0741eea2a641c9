"""Records in one word of a command line: "pgd", "pgd,steps=40,loss=margin", "mine.attacks:Gradient,budget=3".

Lists are written with semicolons, settings of a nested record with a point: "prune,spare=conv1;fc,training.epochs=3".
"""

from spikewright import InvalidInput


def spoken(text: str) -> tuple[str, dict[str, str]]:
    """The name, and what is said for each setting. Raises InvalidInput for a setting without a value."""
    name, *parts = text.split(",")
    said: dict[str, str] = {}
    for part in parts:
        field, mark, value = part.partition("=")
        if not mark or not field:
            raise InvalidInput(
                f"expected {name},FIELD=VALUE, got {part!r} in {text!r}; try {name},{field or 'steps'}=10"
            )
        said[field.strip().replace("-", "_")] = value.strip().replace(";", ",")
    return name, said
