"""The command that compares many networks: what it draws again is the same, and it stops at the first difference."""

from unittest.mock import patch

import numpy as np

from tests.snn import many
from tests.snn.test_constant import written


def test_a_number_draws_the_same_network_again():
    one, other = (many.drawn(7, 41) for _ in range(2))
    assert written(one[0].network) == written(other[0].network) and one[1:] == other[1:]
    assert written(many.drawn(7, 69)[0].network) != written(one[0].network)  # the next of the same wish


def test_a_few_are_alike(capsys):
    count = len(many.WISHES)
    assert many.main(["--networks", str(count), "--seed", "3"]) == 0
    assert f"{count} networks" in capsys.readouterr().out.splitlines()[-1]


def test_it_stops_at_the_first_difference(capsys):
    right = many.simulate

    def wrong(network, images, engine=None, **options):
        activity = right(network, images, engine=engine, **options)
        if engine == "reference":
            activity.logits_over_time[...] += np.asarray(1, activity.logits_over_time.dtype)
        return activity

    with patch.object(many, "simulate", wrong):
        assert many.main(["--networks", "9", "--seed", "3", "--first", "5"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == (
        "network 5 differs; python -m tests.snn.many --seed 3 --first 5 --networks 1"
    )
