"""The table of gaze formats: a header selects one row, and a row reads or refuses."""

import pytest

from pipelines.recordings.gaze.formats.registry import FORMATS
from tests.support.gaze_files import CLOUD, CORE

HEADERS = {
    "Pupil Cloud": CLOUD,
    "Pupil Core": CORE,
    "plain table": "t,x,y",
    "Tobii Pro Lab": "recording timestamp [ms],sensor,gaze point x [mcs px],gaze point y [mcs px]",
    "SMI BeGaze": "recordingtime [ms],point of regard right x [px],point of regard right y [px]",
}


@pytest.mark.parametrize(("name", "header"), HEADERS.items(), ids=HEADERS)
def test_a_header_selects_its_format(name, header):
    columns = frozenset(header.split(","))
    assert next(each.name for each in FORMATS if each.matches(columns)) == name


def test_every_format_is_read_or_refused_with_a_reason():
    assert {each.name for each in FORMATS if each.read} == HEADERS.keys()
    for each in FORMATS:
        assert bool(each.read) != bool(each.refusal)
        assert bool(each.read) == bool(each.columns)
