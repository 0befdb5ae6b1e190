"""Colours and times, as a reader sees them."""

import pytest

from pipelines.views.colours import COLOURS, contrast, ink_on, stylesheet
from pipelines.views.format import clock
from zoo.labels import LABEL_SETS


def test_every_label_has_a_readable_colour_and_its_own_initials():
    for labels in LABEL_SETS:
        colours = [COLOURS[label] for label in labels.labels]
        assert len({each.initials for each in colours}) == len(colours)
        assert len({each.light for each in colours}) == len({each.dark for each in colours}) == len(colours)
        for each in colours:
            assert min(contrast(fill, ink_on(fill)) for fill in (each.light, each.dark)) >= 4.5
    assert stylesheet().count("--fill") == 2 * len(COLOURS)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (4.75, "0:04.8"), (59.96, "1:00"), (3723, "1:02:03")]
)
def test_clock(seconds, text):
    assert clock(seconds) == text
