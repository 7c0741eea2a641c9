"""Study files whose section `search` cannot be, with words of the sentence about it."""

START = "model: {zoo: small-digits}\nconversions: [{name: a, recipe: rate, steps: [2, 4]}]\nsearch: "
ONE = START.replace("[2, 4]", "4")
GOOD = "{objectives: {accuracy: max}}"
SEARCHES: dict[str, tuple[str, str]] = {
    "column": (START + "{objectives: {acuracy: max}}", "try accuracy"),
    "stage": (START + "{objectives: {lut: min}}", "a study without hardware; try hardware"),
    "table": (START + "{objectives: {accurate.steps: max}}", "try accuracy.steps"),
    "nothing": (START + "{}", "search.objectives"),
    "none": (START + "{objectives: {}}", "search.objectives"),
    "word": (START + "yes please", "search"),
    "space": (ONE + GOOD, "expected alternatives, got none; try a list or a range"),
    "points": (START + "{objectives: {accuracy: max}, points: 0}", "search.points"),
    "many": (START + "{objectives: {accuracy: max}, points: 1000000000}", "search.points"),
    "half": (START + "{objectives: {accuracy: max}, points: 2.5}", "search.points"),
    "seed": (START + "{objectives: {accuracy: max}, seed: -1}", "search.seed"),
    "seedword": (START + "{objectives: {accuracy: max}, seed: many}", "search.seed"),
    "sampler": (START + "{objectives: {accuracy: max}, sampler: magic}", "search.sampler"),
    "batch": (START + "{objectives: {accuracy: max}, batch: 0}", "search.batch"),
    "way": (START + "{objectives: {accuracy: biggest}}", "search.objectives.accuracy.best"),
    "of": (START + "{objectives: {accuracy: {best: max, of: nobody}}}", "got 'nobody'; try a"),
    "take": (START + "{objectives: {accuracy: {best: max, take: median}}}", "take"),
    "field": (START + "{objectives: {accuracy: {best: max, tke: sum}}}", "try take"),
    "bounds": (START + "{objectives: {accuracy: max}, constraints: {accuracy: {least: 0.9, most: 0.1}}}", "least not above most"),
    "boundless": (START + "{objectives: {accuracy: max}, constraints: {steps: {}}}", "expected least or most"),
    "place": (ONE + "{objectives: {accuracy: max}, space: [{place: b.steps, values: [1, 2]}]}", "got 'b.steps'"),
    "twoplaces": (START + "{objectives: {accuracy: max}, space: []}", "in their places or in space, got both"),
    "empty": (START.replace("[2, 4]", "[]") + GOOD, "at least one value of steps, got none"),
    "wrong": (START.replace("[2, 4]", "[2, 0]") + GOOD, "conversions[0]"),
    "range": (START.replace("[2, 4]", "{from: 4, to: 2}") + GOOD, "try both the other way round"),
    "stepless": (START.replace("[2, 4]", "{from: 0.5, to: 2}") + GOOD, "a step in a range of real numbers"),
    "long": (START.replace("[2, 4]", "{from: 1, to: 1000000000}") + GOOD, "at most 1,000 values"),
}  # fmt: skip
"""By name: the text of the file, and words of the sentence."""
