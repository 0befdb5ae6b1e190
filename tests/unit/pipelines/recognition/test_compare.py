"""Eight variants on one recording: what is shared, what fails alone, what is written."""

import json
import shutil
import threading
from collections import Counter
from pathlib import Path

import pytest

import zoo.releases
from encodings.errors import MissingSignal
from encodings.names import encoding
from pipelines.__main__ import main
from pipelines.evaluation.comparison_report import make_report
from pipelines.exports.csv import comparison_as_csv
from pipelines.exports.json import as_json, comparison_as_json
from pipelines.exports.json_reader import read_comparison
from pipelines.recognition import clip_source
from pipelines.recognition.compare import compare, find_releases
from pipelines.recognition.comparison import NoRelease
from pipelines.recognition.recognise import recognise
from pipelines.recordings.recording import open_recording
from tests.support.tiny_releases import write_zoo
from zoo.model_store import ModelStore
from zoo.variants import VARIANTS

V, VG = encoding("V"), encoding("VG")
KEYS = [each.key for each in VARIANTS]
WITHOUT_SENTENCES = ["vi-cl", "vi-lm", "x-clip", "x-clip-rf", "x-clip-xgb"]


class CountingStore(ModelStore):
    """The store itself, which also counts loads and forward passes; `broken` fails by an error of ours."""

    def __init__(self, budget: int | None = None, broken: str = "") -> None:
        super().__init__(budget)
        self.passes: Counter = Counter()
        self.loads: Counter = Counter()
        self.broken = broken

    def _using(self, key, load):
        def counted():
            self.loads[key] += 1
            return load()

        return super()._using(key, counted)

    def embed(self, spec, clips):
        self.passes[spec] += len(clips)
        return super().embed(spec, clips)

    def answer(self, release, features):
        if release.variant.key == self.broken and features.starts_s[0] >= 4:
            raise ZeroDivisionError("broken on purpose")
        return super().answer(release, features)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_zoo(tmp_path_factory.mktemp("zoo"))


@pytest.fixture
def tiny(folder, monkeypatch):
    monkeypatch.setattr(zoo.releases, "EMBEDDED", folder)
    return folder


@pytest.fixture
def path(make_video):
    return make_video("9s.mp4", range(0, 9500, 125))


def test_eight_variants_are_five_forward_passes(tiny):
    for labels in ("lab-actions", "lab-motion"):
        found = find_releases(["all"], labels, V)
        assert [each.variant.key for each in found] == KEYS
        assert len({each.feature_spec for each in found}) == 5


def test_a_clip_goes_through_every_encoder_once(tiny, path):
    store = CountingStore()
    *_, last = compare(open_recording(path), find_releases(["all"], "lab-actions", V), V, store)
    assert last.finished
    assert all(store.passes[spec] == last.total == 3 for spec in store.passes)
    assert len(store.passes) == last.forward_passes
    shared = {run.variant.key: run.about.forward_pass for run in last.runs}
    assert shared["x-clip"] == shared["x-clip-rf"] == shared["x-clip-xgb"] != shared["vi-cl"]
    assert last.latency.total < sum(run.answer.latency.total for run in last.answered)


def test_each_answers_as_it_does_alone(tiny, path):
    recording = open_recording(path)
    *_, last = compare(recording, find_releases(WITHOUT_SENTENCES, "lab-actions", V), V, ModelStore())
    assert [run.variant.key for run in last.answered] == WITHOUT_SENTENCES
    for run in last.runs:
        *_, alone = recognise(recording, run.answer.release, V, ModelStore())
        together, single = as_json(run.answer), as_json(alone)
        del together["latency_s"], single["latency_s"]
        assert together == single


def test_clips_come_one_variant_after_the_other(tiny, path):
    found = find_releases(["vi-cl", "x-clip"], "lab-actions", V)
    states = list(compare(open_recording(path), found, V, ModelStore()))
    assert [state.loading for state in states[:3]] == ["Vi-Cl", "X-CLIP", ""]
    named = [[run.clips_done for run in state.runs] for state in states[2:]]
    assert named == [[0, 0], [1, 0], [1, 1], [2, 1], [2, 2], [3, 2], [3, 3], [3, 3]]


def without_latency(state) -> dict:
    written = comparison_as_json(state, make_report(state))
    del written["latency_s"]
    for run in written["runs"]:
        del run["latency_s"]
    return written


def cuts_of(monkeypatch) -> list[str]:
    """The recordings that are decoded from now on."""
    decoded, cut = [], clip_source.cut_clips

    def noted(recording):
        decoded.append(recording.name)
        return cut(recording)

    monkeypatch.setattr(clip_source, "cut_clips", noted)
    return decoded


def test_models_that_do_not_fit_together_are_loaded_once_a_recording(tiny, path, monkeypatch):
    recording, found = open_recording(path), find_releases(WITHOUT_SENTENCES, "lab-actions", V)
    *_, together = compare(recording, found, V, ModelStore())
    decoded, store = cuts_of(monkeypatch), CountingStore(budget=1)
    states = list(compare(recording, found, V, store))
    assert set(store.loads.values()) == {1}
    assert len(store.loads) == 3 + 5  # encoders and heads
    assert all(store.passes[spec] == 3 for spec in store.passes)
    assert decoded == ["9s.mp4"]
    assert without_latency(states[-1]) == without_latency(together)
    assert states[-1].latency.total < sum(run.answer.latency.total for run in states[-1].runs)
    progress = [[run.clips_done for run in state.runs] for state in states]
    assert progress == sorted(progress)
    assert [3, 0, 0, 0, 0] in progress  # one after the other
    assert [3, 3, 1, 1, 1] in progress  # X-CLIP's three have one encoder
    assert store.memory() == 0


def test_two_questions_to_one_captioner_are_one_model(tiny, path):
    found = find_releases(["video-llava", "video-llava-rf"], "lab-actions", V)
    store = CountingStore(budget=1)
    *_, last = compare(open_recording(path), found, V, store)
    assert last.finished
    assert last.forward_passes == 2
    assert set(store.loads.values()) == {1}
    assert len(store.loads) == 1 + 2


def test_a_long_recording_is_decoded_again_for_each_batch(tiny, path, monkeypatch):
    monkeypatch.setattr(clip_source, "MAX_KEPT_FRAME_BYTES", 0)
    decoded = cuts_of(monkeypatch)
    found = find_releases(["vi-cl", "x-clip", "x-clip-rf"], "lab-actions", V)
    *_, last = compare(open_recording(path), found, V, CountingStore(budget=1))
    assert decoded == ["9s.mp4"] * 2
    assert last.finished


def test_a_batch_that_fails_leaves_the_recording_to_the_next(tiny, path):
    found = find_releases(["vi-cl", "x-clip"], "lab-actions", V)
    *_, last = compare(open_recording(path), found, V, CountingStore(budget=1, broken="vi-cl"))
    assert [run.clips_done for run in last.runs] == [1, 3]
    assert last.finished


def test_closing_it_half_way_lets_the_models_go_and_closes_the_recording(tiny, path):
    store = CountingStore(budget=1)
    states = compare(open_recording(path), find_releases(["vi-cl", "x-clip"], "lab-actions", V), V, store)
    while not next(states).answers_done:
        pass
    assert store.memory() > 0
    states.close()
    assert store.memory() == 0
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("decode")]


def test_one_that_fails_on_the_way_and_one_that_cannot_be_loaded_stop_nobody_else(tiny, path, tmp_path):
    found = list(find_releases(["vi-cl", "x-clip", "x-clip-rf"], "lab-actions", V))
    shutil.copytree(tiny / "x-clip", tmp_path / "x-clip")
    broken = Path(shutil.copytree(tiny / "x-clip-rf-lab-actions", tmp_path / "broken"))
    (broken / "model.safetensors").unlink()
    found[2] = zoo.releases.find_release("x-clip-rf", "lab-actions", "V", weights=str(broken))
    *_, last = compare(open_recording(path), found, V, CountingStore(broken="vi-cl"))
    one, other, third = last.runs
    assert (one.clips_done, other.clips_done, third.clips_done) == (1, 3, 0)
    assert "Vi-Cl stopped after 1 of 3 clips" in one.failed
    assert "ZeroDivisionError" in one.failed
    assert other.failed == ""
    assert "model.safetensors" in third.failed
    assert last.finished


def test_two_releases_of_one_variant_stand_side_by_side(tiny, path, tmp_path):
    other = shutil.copytree(tiny / "vi-cl-lab-actions", tmp_path / "vi-cl-of-ours")
    found = find_releases(["x-clip", "vi-cl", f"vi-cl@{other}"], "lab-actions", V)
    *_, last = compare(open_recording(path), found, V, ModelStore())
    assert [run.key for run in last.runs] == ["vi-cl", "vi-cl@vi-cl-of-ours", "x-clip"]
    assert [run.title for run in last.runs][:2] == ["Vi-Cl", "Vi-Cl (vi-cl-of-ours)"]
    assert last.tier == "mixed"
    one, two, _ = last.runs
    assert [clip.prediction for clip in one.answer.clips] == [clip.prediction for clip in two.answer.clips]
    report = make_report(last)
    assert set(report.pairs) >= {("vi-cl", "vi-cl@vi-cl-of-ours")}
    assert comparison_as_csv(last, report).splitlines()[0].count("vi-cl@vi-cl-of-ours") > 1
    written = json.loads(json.dumps(comparison_as_json(last, report)))
    read = read_comparison(written, last.recording, [""] * last.total)
    assert [run.key for run in read.runs] == [run.key for run in last.runs]


def test_a_variant_without_a_release_has_a_reason_and_one_not_trained_on_the_encoding_is_shown_v(
    tiny, monkeypatch, folder
):
    found = find_releases(["x-clip", "vi-cl"], "lab-actions", VG)
    assert [each.encodings for each in found] == [("V", "VG"), ("V",)]
    monkeypatch.setattr(zoo.releases, "EMBEDDED", folder / "vi-cl-lab-actions")
    (nothing,) = find_releases(["vi-lm"], "lab-actions", VG)
    assert isinstance(nothing, NoRelease)
    assert nothing.reason.startswith("Vi-LM has no embedded release")


def test_missing_gaze_is_refused_as_by_recognise(tiny, path):
    with pytest.raises(MissingSignal, match="gaze"):
        next(compare(open_recording(path), find_releases(["vi-cl"], "lab-actions", VG), VG, ModelStore()))


def test_the_command_line_writes_the_contract(tiny, path, tmp_path, capsys):
    truth, out = tmp_path / "labels.csv", tmp_path / "compare.json"
    truth.write_text("start_s,end_s,label\n0,4,Add\n4,9.5,Stir\n")
    variants = ",".join(WITHOUT_SENTENCES)
    assert (
        main(["compare", str(path), "--variants", variants, "--truth", str(truth), "--json", str(out)]) == 0
    )
    written = json.loads(out.read_text())
    assert written.keys() >= {"recording", "runs", "forward_passes"}
    assert written["forward_passes"] == 3
    assert written["true_labels"] == ["Add", "Stir", "Stir"]
    for run, key in zip(written["runs"], WITHOUT_SENTENCES, strict=True):
        assert run.keys() >= {"settings", "clips", "workflow", "latency_s", "failed", "about"}
        assert (run["settings"]["variant"], len(run["clips"])) == (key, 3)
        right = sum(
            clip["label"] == true for clip, true in zip(run["clips"], written["true_labels"], strict=True)
        )
        table = written["scores"][key]["confusion"]
        assert sum(table[label][label] for label in table) == right
        assert written["scores"][key]["clips"] == 3
    assert len(written["agreement"]) == 5 * 4
    assert len(written["consensus"]) == 3


def test_without_a_single_answer_it_is_exit_2_and_one_line(path, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(zoo.releases, "EMBEDDED", tmp_path)
    assert main(["compare", str(path), "--variants", "vi-cl,vi-lm"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.strip().splitlines()) == 1
    assert main(["compare", str(path), "--variants", "vi-gone"]) == 2
