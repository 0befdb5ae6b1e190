"""A desk is one visitor's, and goes with them; what two share goes with the last."""

import time

import pytest

from pipelines import desk
from pipelines.desk import Desks, NothingChosen, split_gaze


@pytest.fixture
def desks(monkeypatch):
    monkeypatch.setattr(desk, "LEFT_S", 0.05)
    return Desks()


def gone(path) -> bool:
    """Whether a file goes within a moment."""
    end_s = time.monotonic() + 5
    while path.exists() and time.monotonic() < end_s:
        time.sleep(0.01)
    return not path.exists()


def test_nobody_sees_the_desk_of_another(desks):
    assert desks.at("first") is desks.at("first") is not desks.at("second")


def test_a_reload_finds_the_desk_and_a_stranger_does_not(desks):
    left = desks.at("before")
    assert desks.come_back("thief", left.ticket) is not left  # it is in use
    desks.leave("before")
    assert desks.come_back("stranger", "no ticket") is not left
    assert desks.come_back("after", left.ticket) is left
    time.sleep(0.2)
    assert desks.at("after") is left


def test_an_upload_that_two_visitors_share_goes_with_the_last_of_them(desks, tmp_path):
    own, shared = tmp_path / "own.csv", tmp_path / "shared.mp4"
    own.touch()
    shared.touch()
    desks.at("first").uploads |= {own, shared}
    desks.at("second").uploads |= {shared}
    desks.leave("first")
    assert gone(own)
    assert shared.exists()
    desks.leave("second")
    assert gone(shared)


def test_an_upload_that_is_sent_again_after_its_visitor_left_stays(desks, tmp_path):
    old, again = tmp_path / "old.mp4", tmp_path / "again.mp4"
    old.touch()
    desks.at("first").uploads |= {old, again}
    desks.leave("first")
    time.sleep(0.02)
    again.touch()  # another visitor's, whose desk does not know of it yet
    assert gone(old)
    time.sleep(0.1)
    assert again.exists()


def test_gaze_and_its_frame_times_are_told_apart_by_name():
    assert split_gaze([]) == (None, None)
    assert split_gaze(["a/World_timestamps.csv", "a/gaze.csv"]) == ("a/gaze.csv", "a/World_timestamps.csv")
    for wrong in (["gaze.csv", "fixations.csv"], ["world_timestamps.csv"]):
        with pytest.raises(NothingChosen, match="expected one gaze file"):
            split_gaze(wrong)
