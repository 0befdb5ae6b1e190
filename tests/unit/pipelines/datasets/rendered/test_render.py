"""What the bench writes: the same bytes for a seed, whole layouts, labels for every clip, splits apart."""

import csv
import json
from pathlib import Path

import av
import numpy as np
import pytest

from pipelines.datasets.manifest import read_manifest
from pipelines.datasets.rendered.benches.registry import BENCHES
from pipelines.datasets.rendered.benches.wearer import split_of, wearer_of
from pipelines.datasets.rendered.output.render import UnusableFolder, UnusableSettings, render
from pipelines.datasets.rendered.output.settings import Settings
from pipelines.datasets.rendered.scenes.plan import CLIP_S, plan
from tests.support.file_hashes import file_hashes
from zoo.labels import label_set

SMALL = {"rate_hz": 4.0, "width": 96, "height": 72, "workflow_s": 8.0}
LABELS = ("lab-actions", "lab-motion")


@pytest.fixture(scope="module", params=LABELS)
def rendered(request, tmp_path_factory) -> tuple[str, Path]:
    out = tmp_path_factory.mktemp("bench") / "new"
    render(Settings(labels=request.param, workflows=2, seed=3, signals=True, **SMALL), out)
    return request.param, out


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def decoded(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def test_same_bytes(rendered, tmp_path):
    labels, out = rendered
    render(Settings(labels=labels, workflows=2, seed=3, signals=True, **SMALL), tmp_path / "again")
    assert file_hashes(out) == file_hashes(tmp_path / "again")


def test_layout(rendered):
    _, out = rendered
    assert not [path for path in out.rglob("*") if ".half" in path.name or ".part" in path.name]
    folders = list((out / "recordings").iterdir())
    assert len(folders) == 2
    for folder in folders:
        assert {path.name for path in folder.iterdir()} == {
            *("scene.mp4", "gaze.csv", "world_timestamps.csv", "info.json", "labels.csv", "signals.npz")
        }
    rows = read_manifest(out / "manifest.csv")
    assert len(rows) == 4
    assert all((row.start_s % CLIP_S, row.end_s - row.start_s) == (0, CLIP_S) for row in rows)
    clips = table(out / "clips.csv")
    assert {row["video"] for row in clips} == {path.name for path in (out / "clips").iterdir()}
    assert [row["split"] for row in clips] == [row.split for row in rows]


def test_labels_cover_the_recording(rendered):
    labels, out = rendered
    for path in out.glob("recordings/*/labels.csv"):
        rows = table(path)
        edges = [float(row["start_s"]) for row in rows] + [float(rows[-1]["end_s"])]
        assert edges[0] == 0
        assert edges[-1] == 8
        assert edges[1:] == [float(row["end_s"]) for row in rows]
        assert {row["label"] for row in rows} <= set(label_set(labels).labels)


def test_video(rendered):
    _, out = rendered
    for path in out.glob("recordings/*/scene.mp4"):
        pictures = decoded(path)
        assert len(pictures) == 32
        assert [picture.time for picture in pictures] == [index / 4 for index in range(32)]
        assert (pictures[0].width, pictures[0].height, pictures[0].format.name) == (96, 72, "yuv420p")
        stamps = table(path.with_name("world_timestamps.csv"))
        assert len(stamps) == 32
    for path in (out / "clips").iterdir():
        assert len(decoded(path)) == 16


def test_gaze(rendered):
    _, out = rendered
    for path in out.glob("recordings/*/gaze.csv"):
        rows = table(path)
        assert list(rows[0]) == [
            *(
                "section id",
                "recording id",
                "timestamp [ns]",
                "gaze x [px]",
                "gaze y [px]",
                "worn",
                "fixation id",
                "blink id",
            )
        ]
        times_ns = np.array([int(row["timestamp [ns]"]) for row in rows])
        assert (np.diff(times_ns) == 5_000_000).all()
        assert times_ns[0] == json.loads(path.with_name("info.json").read_text())["start_time"]
        assert rows[0]["section id"] == path.parent.name
        place = np.array([(float(row["gaze x [px]"]) / 96, float(row["gaze y [px]"]) / 72) for row in rows])
        assert ((place > 0) & (place < 1)).all(1).mean() > 0.75


def test_signals(rendered):
    _, out = rendered
    for path in out.glob("recordings/*/signals.npz"):
        with np.load(path) as signals:
            assert signals["depth"].shape == signals["masks"].shape == (32, 72, 96)
            assert signals["depth"].dtype == np.float16
            assert signals["masks"].dtype == np.uint8


def test_refusals(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(UnusableFolder, match="not empty"):
        render(Settings(labels="lab-actions", workflows=1, seed=0, **SMALL), tmp_path)
    with pytest.raises(UnusableFolder, match="not a folder"):
        render(Settings(labels="lab-actions", workflows=1, seed=0, **SMALL), tmp_path / "mine.txt")
    with pytest.raises(UnusableSettings, match="lab-actions or lab-motion"):
        render(Settings(labels="lab", workflows=1, seed=0, **SMALL), tmp_path / "new")
    with pytest.raises(UnusableSettings, match="at least 1"):
        render(Settings(labels="lab-actions", workflows=0, seed=0, **SMALL), tmp_path / "new")
    with pytest.raises(UnusableSettings, match="frames a second"):
        render(
            Settings(labels="lab-actions", workflows=1, seed=0, **SMALL | {"rate_hz": 0.1}), tmp_path / "new"
        )
    with pytest.raises(UnusableSettings, match="cloud or core or table"):
        render(
            Settings(labels="lab-actions", workflows=1, seed=0, gaze_format="tobii", **SMALL),
            tmp_path / "new",
        )
    with pytest.raises(UnusableSettings, match="at least 1"):
        render(Settings(labels="lab-actions", workflows=1, seed=0, **SMALL), tmp_path / "new", jobs=0)
    assert not (tmp_path / "new").exists()


def test_interrupted_leaves_nothing_that_looks_whole(tmp_path):
    def stop(done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(Settings(labels="lab-motion", workflows=1, seed=0, **SMALL), tmp_path / "new", progress=stop)
    assert set(file_hashes(tmp_path / "new")) == {"render.json"}


@pytest.mark.parametrize("workflows", [1, 2, 5, 8, 40, 193])
def test_splits_share_no_wearer(workflows):
    wearers = [wearer_of(number, workflows) for number in range(workflows)]
    splits = {wearer: split_of(4, wearer, workflows) for wearer in wearers}
    assert sorted(set(wearers)) == list(range(len(splits)))
    if workflows >= 8:
        assert set(splits.values()) == {"training", "validation", "testing"}
    if workflows == 193:
        shares = [
            list(splits.values()).count(name) / len(splits) for name in ("training", "validation", "testing")
        ]
        assert shares == pytest.approx([0.7, 0.15, 0.15], abs=0.02)


@pytest.mark.parametrize("labels", LABELS)
def test_plans_last_as_long_as_published(labels):
    bench = BENCHES[labels].benches[0]
    plans = [plan(bench, np.random.default_rng(seed)) for seed in range(300)]
    assert np.mean([segments[-1].end_s for segments in plans]) == pytest.approx(
        {"lab-actions": 143, "lab-motion": 186}[labels], rel=0.15
    )
    for label in label_set(labels).labels:
        lengths = [
            segment.end_s - segment.start_s
            for segments in plans
            for segment in segments
            if segment.label == label
        ]
        assert np.mean(lengths) == pytest.approx(bench.mean_s[label], rel=0.2)
    assert len(set(plans)) == len(plans)
