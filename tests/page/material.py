"""What the tests of the page stand on: small releases, finished examples, and files to upload."""

import json
import shutil
from pathlib import Path

import av
import numpy as np
import pytest

import zoo.releases
from pipelines.__main__ import main
from tests.page.visitor import EXAMPLE, OTHER_EXAMPLE
from tests.support.tiny_releases import describe, write_zoo
from zoo.labels import LAB_ACTIONS

ROOT = Path(__file__).parents[2]
BROKEN = "x-clip-rf"  # the variant whose weights are lost
FPS, WIDTH, HEIGHT = 12, 160, 120
LASTS_S = 5.5  # the own recording and the small example: a clip, and one of 1.5 s


def write_material(folder: Path) -> None:
    """embedded/ with all variants, examples/ with one of the repository and a small one, and uploads."""
    embedded, example = write_zoo(folder / "embedded"), folder / "examples" / OTHER_EXAMPLE
    (embedded / f"{BROKEN}-lab-actions" / "model.safetensors").unlink()
    shutil.rmtree(embedded / "vi-cl-lab-motion")
    describe(embedded / "vi-cl-lab-actions", training_labels=dict.fromkeys(LAB_ACTIONS.labels, 10))
    shutil.copytree(ROOT / "examples" / EXAMPLE, folder / "examples" / EXAMPLE)
    write_example(example, embedded)
    for name in ("scene.mp4", "gaze.csv", "world_timestamps.csv", "labels.csv"):
        shutil.copy(example / name, folder / name.replace("scene", "own"))
    (folder / "text.mp4").write_text("This is a text.")
    (folder / "other.csv").write_text("name,value\nfirst,1\n")


def write_example(folder: Path, embedded: Path) -> None:
    """Finished by the product itself, as the examples of the repository are."""
    folder.mkdir(parents=True)
    write_video(folder / "scene.mp4", LASTS_S)
    write_gaze(folder, LASTS_S)
    (folder / "labels.csv").write_text("start_s,end_s,label\n0,4,Add\n4,5.5,Stir\n")
    arguments = [str(folder / "scene.mp4"), "--gaze", str(folder), "--encoding", "VG"]
    one = ["--json", str(folder / "result.json"), "--thumbnails", str(folder / "thumbnails.json")]
    all_of_them = ["--truth", str(folder / "labels.csv"), "--json", str(folder / "compare.json")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zoo.releases, "EMBEDDED", embedded)
        assert main(["recognise", *arguments, *one]) == 0
        assert main(["compare", *arguments, *all_of_them]) == 0


def read_result(folder: Path) -> dict:
    return json.loads((folder / "result.json").read_text())


def write_video(path: Path, seconds: float) -> None:
    """A square that wanders over a background that changes every five seconds."""
    random = np.random.default_rng(3)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(int(seconds * FPS)):
            if number % (5 * FPS) == 0:
                background = random.integers(30, 220, (6, 8, 3)).repeat(20, 0).repeat(20, 1)
            picture = background.astype(np.uint8)
            left = 2 * number % (WIDTH - 20)
            picture[50:70, left : left + 20] = 255
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        out.mux(stream.encode())


def write_gaze(folder: Path, seconds: float) -> None:
    """gaze.csv and world_timestamps.csv as Pupil Cloud exports them, of a camera as small as the video."""
    (folder / "info.json").write_text(json.dumps({"scene_camera_resolution": [WIDTH, HEIGHT]}))
    start_ns = 1_700_000_000_000_000_000
    frames = (start_ns + int(number / FPS * 1e9) for number in range(int(seconds * FPS)))
    samples = (
        (start_ns + int(t * 1e9), 80 + 40 * np.sin(t), 60 + 30 * np.cos(t))
        for t in np.arange(0, seconds, 0.02)
    )
    (folder / "world_timestamps.csv").write_text(
        "section id,recording id,timestamp [ns]\n" + "".join(f"s,r,{ns}\n" for ns in frames)
    )
    (folder / "gaze.csv").write_text(
        "section id,recording id,timestamp [ns],gaze x [px],gaze y [px],worn,fixation id,blink id\n"
        + "".join(f"s,r,{ns},{x:.2f},{y:.2f},True,,\n" for ns, x, y in samples)
    )
