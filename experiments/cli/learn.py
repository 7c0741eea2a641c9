"""The command that learns without labels: stdp."""

import time
from argparse import Namespace
from dataclasses import replace

from spikewright.experiments.cli.common import check_growing
from spikewright.experiments.cli.console import progress_bars, say
from spikewright.experiments.data.opening import open_dataset


def run_stdp(options: Namespace) -> None:
    """Train, label, classify, and write the results; what was learned before is not learned again."""
    from spikewright.experiments.learning.stdp import STDP_FOLDER, default_run, run_stdp, write_result

    check_growing(options.out, STDP_FOLDER)
    name = options.dataset or ("mnist" if options.data is not None else "digits")
    told = {part: getattr(options, part) for part in ("neurons", "passes") if getattr(options, part) is not None}
    wanted = replace(default_run(name, options.seed), **told)
    dataset = open_dataset(name, str(options.data) if options.data is not None else None)
    start = time.perf_counter()
    with progress_bars(options.quiet) as progress:
        result = run_stdp(dataset, wanted, options.out, progress=progress)
    paths = write_result(result, dataset, wanted, options.out)
    numbers = result.numbers
    say(
        f"{numbers['accuracy']:.2%} of {numbers['test_images']:,} test images, {wanted.neurons} neurons, "
        f"{numbers['presentations']:,} presentations, {time.perf_counter() - start:.0f} s"
    )
    say(f"wrote {', '.join(map(str, paths))}")
