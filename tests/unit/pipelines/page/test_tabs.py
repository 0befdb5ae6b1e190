"""What the tabs' callbacks return, without a browser."""

from dataclasses import replace
from pathlib import Path
from shutil import copy
from types import SimpleNamespace

import gradio as gr
import pytest

import zoo.releases
from pipelines.page import compare, layout, recognise
from pipelines.page.context import PageContext
from pipelines.page.recording_tab import Settings
from pipelines.page.settings import NO_MODEL, first_model, missing_release, offered_releases
from pipelines.recognition.recognise import Recognition
from pipelines.recognition.workflow import Workflow
from zoo.releases import embedded_releases

VISITOR = SimpleNamespace(session_hash="one")
EXAMPLE, CLIPS = "collect-weigh-stir", 18


def build(room):
    with gr.Blocks() as page, gr.Tab() as tab:
        return room.build(PageContext(), *([page, gr.HTML()] if room is recognise else []), tab)


@pytest.fixture
def tab():
    tab = build(recognise)
    tab.context.session(VISITOR).choose_example(EXAMPLE)
    return tab


def first(answer: Recognition, clips: int) -> Recognition:
    return replace(answer, clips=answer.clips[:clips], smoothed=answer.smoothed[:clips], workflow=Workflow())


def test_a_mistake_of_ours_is_shown_as_ours_and_what_was_named_stands(monkeypatch, tab):
    answer = tab.context.session(VISITOR).answer
    part = first(answer, 3)

    def broken(*_):
        yield part
        raise ZeroDivisionError

    monkeypatch.setattr(recognise, "recognise", broken)
    tab.wait(VISITOR)
    drawn = [updates[tab.status] for updates in tab.run(VISITOR, "vi-cl", "lab-actions", "VG")]
    assert "This is a mistake of ours, not yours; the server’s log says more." in drawn[-1]
    assert "The first 3 clips stand." in drawn[-1]


def test_a_user_error_is_shown_as_its_sentence(tab):
    tab.wait(VISITOR)
    *_, last = tab.run(VISITOR, "vi-cl", "lab-actions", "VD")
    assert "no embedded release for Lab Actions with the encoding VD" in last[tab.status]
    assert 'class="status failed"' in last[tab.status]


def test_another_recording_ends_a_run_of_the_one_before(monkeypatch, tab):
    session = tab.context.session(VISITOR)
    answer = session.answer

    def states(*_):
        yield first(answer, 1)
        session.choose_example(EXAMPLE)
        yield first(answer, 2)
        raise AssertionError("The run goes on.")

    monkeypatch.setattr(recognise, "recognise", states)
    tab.wait(VISITOR)
    drawn = list(tab.run(VISITOR, "vi-cl", "lab-actions", "VG"))
    assert session.answer is answer
    assert "A finished example" in drawn[-1][tab.status]
    assert tab.buttons.start not in drawn[-1]  # they belong to the recording that was chosen


def test_a_run_that_waits_when_another_recording_is_chosen_does_not_begin(monkeypatch, tab):
    monkeypatch.setattr(recognise, "recognise", lambda *_: pytest.fail("The run began."))
    tab.wait(VISITOR)
    tab.context.session(VISITOR).choose_example(EXAMPLE)
    assert len(list(tab.run(VISITOR, "vi-cl", "lab-actions", "VG"))) == 1


@pytest.mark.parametrize("room", [recognise, compare])
def test_callbacks_speak_of_components_of_their_own_tab(room):
    tab = build(room)
    session = tab.context.session(VISITOR)
    for example in (None, EXAMPLE):
        session.choose_example(example)
        models = "vi-cl" if room is recognise else ["vi-cl"]
        assert tab.draw(session, Settings(models, "lab-actions")).keys() <= set(tab.outputs)


def test_recognise_needs_a_release_of_the_chosen_model_for_the_chosen_labels(monkeypatch, tmp_path, tab):
    for name in ("vi-cl-lab-actions", "vi-lm-lab-actions", "vi-lm-lab-motion"):
        (tmp_path / name).mkdir()
        copy(zoo.releases.EMBEDDED / name / "config.json", tmp_path / name)
    monkeypatch.setattr(zoo.releases, "EMBEDDED", tmp_path)
    for model, labels, sentence in (
        ("vi-cl", "lab-actions", ""),
        ("vi-lm", "lab-motion", ""),
        ("vi-cl", "lab-motion", "Vi-Cl has no release for Lab Motion on this machine yet."),
    ):
        assert missing_release(labels, offered_releases(), model) == sentence
        assert tab.choose(VISITOR, model, labels)[tab.buttons.start]["interactive"] == (not sentence)
    copy(zoo.releases.EMBEDDED / "vi-cl-lab-actions/config.json", tmp_path / "vi-lm-lab-motion")
    assert (
        missing_release("lab-motion", embedded_releases())
        == "No release for Lab Motion is on this machine yet."
    )


def test_without_any_release_the_page_is_built_and_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(zoo.releases, "EMBEDDED", tmp_path)
    assert first_model(offered_releases()) is None
    assert missing_release("lab-actions", embedded_releases()) == NO_MODEL
    layout.build(PageContext())
    for room, models in ((recognise, None), (compare, [])):
        tab = build(room)
        session = tab.context.session(VISITOR)
        session.choose_example(EXAMPLE)
        drawn = tab.draw(session, Settings(models, "lab-actions"))
        assert "A finished example" in drawn[tab.status]
        assert drawn[tab.buttons.start]["interactive"] is False


def test_settings_that_contradict_the_result_mark_it(tab):
    chosen = tab.choose(VISITOR, "vi-lm", "lab-actions")
    assert "Result of earlier settings" in chosen[tab.origin]
    assert "Vi-LM: F1" in chosen[tab.header]
    for encoding, earlier in (("V", True), ("VG", False)):
        chosen = tab.choose_encoding(VISITOR, "vi-cl", "lab-actions", encoding)
        assert ("Result of earlier settings" in chosen[tab.origin]) == earlier


def test_downloads_are_named_after_recording_and_model(tab):
    offered = tab.draw_downloads(tab.context.session(VISITOR)).values()
    assert [Path(each["value"]).name for each in offered] == ["scene-vi-cl-vg.json", "scene-vi-cl-vg.csv"]


@pytest.mark.parametrize("room", [recognise, compare])
def test_a_tab_is_built_with_the_first_example(room):
    tab = build(room)
    session = tab.context.session(VISITOR)
    assert session.is_first
    assert (tab.lanes if room is recognise else tab.shown.lanes).value["rows"]
    assert "A finished example" in tab.status.value
    assert tab.recording.video.value["path"].endswith("scene.mp4")
    assert tab.encoding.value == "VG"
    tab.context.session(VISITOR).choose_example("rinse-and-develop")
    assert not session.is_first


def test_a_refused_file_is_said_beside_its_control_and_the_rest_stays(tmp_path, tab):
    text = tmp_path / "text.mp4"
    text.write_text("This is a text.")
    upload = tab.recording.video_upload
    refused = tab.show_video(VISITOR, str(text), "vi-cl", "lab-actions")
    assert refused.keys() == {upload.file, upload.problem}
    assert "“text.mp4” is no video" in refused[upload.problem]
    assert "What was here stays." in refused[upload.problem]
    gaze = tab.recording.gaze_upload
    assert (
        "Choose your video first" in tab.show_gaze(VISITOR, [str(text)], "vi-cl", "lab-actions")[gaze.problem]
    )
    assert tab.show_example(VISITOR, EXAMPLE, "vi-cl", "lab-actions")[upload.problem] == ""
