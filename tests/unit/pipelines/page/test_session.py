"""A session is one visitor's, and goes with them; what two share goes with the last."""

import time

import pytest

from pipelines.page import session
from pipelines.page.session import NothingChosen, Session, SessionStore, split_gaze


@pytest.fixture
def sessions(monkeypatch):
    monkeypatch.setattr(session, "GRACE_S", 0.05)
    return SessionStore()


def gone(path) -> bool:
    """Whether a file goes within a moment."""
    end_s = time.monotonic() + 5
    while path.exists() and time.monotonic() < end_s:
        time.sleep(0.01)
    return not path.exists()


def test_nobody_sees_the_session_of_another(sessions):
    assert sessions.get("first") is sessions.get("first") is not sessions.get("second")


def test_a_reload_finds_the_session_and_a_stranger_does_not(sessions):
    left = sessions.get("before")
    assert sessions.resume("thief", left.ticket) is not left  # it is in use
    sessions.leave("before")
    assert sessions.resume("stranger", "no ticket") is not left
    assert sessions.resume("after", left.ticket) is left
    time.sleep(0.2)
    assert sessions.get("after") is left


def test_a_reload_that_comes_before_the_server_knows_that_the_page_was_left_finds_the_session(sessions):
    left = sessions.get("before")
    assert sessions.resume("after", left.ticket, has_left=True) is left
    sessions.leave("before")  # late
    time.sleep(0.2)
    assert sessions.get("after") is left
    assert sessions.get("before") is not left


def test_an_upload_that_two_visitors_share_goes_with_the_last_of_them(sessions, tmp_path):
    own, shared = tmp_path / "own.csv", tmp_path / "shared.mp4"
    own.touch()
    shared.touch()
    sessions.get("first").uploads |= {own, shared}
    sessions.get("second").uploads |= {shared}
    sessions.leave("first")
    assert gone(own)
    assert shared.exists()
    sessions.leave("second")
    assert gone(shared)


def test_an_upload_goes_though_its_first_visitor_is_the_last_to_be_deleted(monkeypatch, tmp_path):
    monkeypatch.setattr(session, "GRACE_S", 3600)
    sessions, shared = SessionStore(), tmp_path / "shared.mp4"
    sessions.get("first").uploads |= {shared}
    sessions.leave("first")
    time.sleep(0.02)
    shared.touch()  # sent again by the second
    sessions.get("second").uploads |= {shared}
    time.sleep(0.02)
    sessions.leave("second")
    sessions._delete("second")
    sessions._delete("first")
    assert not shared.exists()


def test_an_upload_that_is_sent_again_after_its_visitor_left_stays(sessions, tmp_path):
    old, again = tmp_path / "old.mp4", tmp_path / "again.mp4"
    old.touch()
    sessions.get("first").uploads |= {old, again}
    sessions.leave("first")
    time.sleep(0.02)
    again.touch()  # another visitor's, whose session does not know of it yet
    assert gone(old)
    time.sleep(0.1)
    assert again.exists()


def test_gaze_and_its_frame_times_are_told_apart_by_name():
    assert split_gaze([]) == (None, None)
    assert split_gaze(["a/World_timestamps.csv", "a/gaze.csv"]) == ("a/gaze.csv", "a/World_timestamps.csv")
    for wrong in (["gaze.csv", "fixations.csv"], ["world_timestamps.csv"]):
        with pytest.raises(NothingChosen, match="expected one gaze file"):
            split_gaze(wrong)


def test_a_ticket_in_use_is_not_handed_out_and_each_tab_has_its_own(sessions):
    first, second = sessions.resume("first", ""), sessions.resume("second", "")
    assert first.ticket != second.ticket
    copy = sessions.resume("copy", first.ticket)  # of a tab that was duplicated
    assert copy not in (first, second)
    assert copy.ticket != first.ticket
    sessions.leave("first")
    assert sessions.resume("first again", first.ticket) is first


def test_a_run_that_is_over_keeps_nothing():
    session = Session()
    session.start_run("tab")
    over = session.current_run("tab")
    session.choose(None)
    assert session.current_run("tab") is None
    session.start_run("tab")
    assert not session.keep("tab", over, "late")
    assert not session.end_run("tab", over)
    assert session.answer is None
    assert session.keep("tab", session.current_run("tab"), "in time")
    assert session.answer == "in time"
