"""The page, driven in a real Chromium by the hands of visitors."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import av
import gradio as gr
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
FPS, WIDTH, HEIGHT = 12, 160, 120
OWN_S = 18.5  # an own recording: four clips, and one of 2.5 s
# The real page with a small release, its answers slowed down so that one can watch and cancel.
SERVE = """
import os, sys, time
from pathlib import Path
import pipelines.page.session, zoo.releases
zoo.releases.EMBEDDED = Path(sys.argv[1])
import app
embed = app.context.store.embed
def slowly(spec, clips):
    time.sleep(0.15)
    return embed(spec, clips)
app.context.store.embed = slowly
pipelines.page.session.GRACE_S = 8
app.main()
"""


def test_the_page_needs_no_model_library_to_paint():
    code = "import sys, app; print([m for m in ('torch', 'transformers', 'xgboost') if m in sys.modules])"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=env, text=True) == "[]\n"


def test_every_label_has_a_readable_colour_and_its_own_initials():
    from pipelines.views.colours import COLOURS, contrast, ink_on, stylesheet
    from zoo.labels import LABEL_SETS

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
    from pipelines.views.format import clock

    assert clock(seconds) == text


def test_a_mistake_of_ours_is_said_without_a_traceback_and_what_was_named_stands(monkeypatch, material):
    from pipelines.page import recognise
    from pipelines.page.context import PageContext

    visitor = SimpleNamespace(session_hash="one")
    monkeypatch.setattr("pipelines.examples.EXAMPLES", material / "examples")
    monkeypatch.setattr(recognise, "find_release", lambda *_: None)
    with gr.Blocks() as page, gr.Tab() as place:
        tab = recognise.build(PageContext(), page, place)
    session = tab.context.session(visitor)
    session.choose_example("dilution")
    answer = session.answer
    part = replace(answer, clips=answer.clips[:3], smoothed=answer.smoothed[:3])

    def broken(*_):
        yield part
        raise ZeroDivisionError

    monkeypatch.setattr(recognise, "recognise", broken)
    tab.wait(visitor)
    drawn = []
    with pytest.raises(ZeroDivisionError):
        drawn.extend(updates[tab.status] for updates in tab.run(visitor, "vi-cl", "lab-actions", "VG"))
    assert "This is a mistake of ours, not yours; the server’s log says more." in drawn[-1]
    assert f"{len(part.clips)} clips stand" in drawn[-1]


# In the browser ---------------------------------------------------------------------------------


@pytest.mark.page
def test_a_visitor_sees_a_finished_example_first(page, example):
    cells = page.locator(".lane[aria-label='Vi-Cl'] .cell")
    assert cells.count() == len(example["clips"])
    assert page.locator(".steps li").count() == len(example["workflow"])
    assert "finished example" in page.locator(".status").inner_text()
    assert "× real time" in page.locator("text=Latency").locator("..").inner_text()
    assert "rendered scenes" in page.locator("header").inner_text()
    page.wait_for_selector("header:has-text('processor'), header:has-text('GPU')")
    page.wait_for_function("document.querySelector('video').readyState > 0")


@pytest.mark.page
def test_running_it_again_fills_the_lane_clip_by_clip(page, example):
    start(page)
    page.wait_for_selector(".lane[aria-label='Vi-Cl']:has(.cell):has(.pending)")
    page.wait_for_selector(".status.running:has-text(' s left')")
    page.wait_for_selector(".status:has-text('Done')")
    assert page.locator(".pending").count() == 0
    assert page.locator(".lane[aria-label='Vi-Cl'] .cell").count() == len(example["clips"])


@pytest.mark.page
def test_the_video_follows_the_marked_clip(page, example):
    cells = page.locator(".lane[aria-label='Vi-Cl'] .cell")
    cells.nth(2).click()
    at_clip(page, example, 2)
    page.keyboard.press("ArrowRight")
    at_clip(page, example, 3)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    at_clip(page, example, 1)
    page.keyboard.press("Home")
    at_clip(page, example, 0)
    cells.nth(4).hover()
    assert page.locator(".readout .span").inner_text().startswith("0:16")
    assert page.locator(".lanes [tabindex='0']").count() == 1


@pytest.mark.page
def test_what_was_assumed_of_the_gaze_is_said(page, material):
    upload(page, "#video-file", material / "own.mp4")
    page.wait_for_selector(".status:has-text('own.mp4: 5 clips')")
    upload(page, "#gaze-files", material / "gaze.csv")
    page.wait_for_selector(".note:has-text('gaze and video were assumed to start together')")


@pytest.mark.page
def test_an_own_recording_with_gaze_to_its_downloads(page, material, server):
    upload(page, "#video-file", material / "own.mp4")
    page.wait_for_selector(".status:has-text('own.mp4: 5 clips')")
    upload(page, "#gaze-files", material / "gaze.csv", material / "world_timestamps.csv")
    page.wait_for_selector(".note:has-text('Pupil Cloud, 100 % covered')")
    start(page)
    page.wait_for_selector(".status:has-text('Done')")
    written = json.loads(download(page, "JSON"))
    assert set(written) >= {"recording", "settings", "clips", "workflow", "latency_s"}
    assert set(written["recording"]) >= {"name", "sha256", "duration_s", "frames", "gaze"}
    assert set(written["settings"]) >= {"variant", "labels", "encoding", "tier", "release", "revision"}
    for clip in written["clips"]:
        assert set(clip) >= {"start_s", "end_s", "label", "scores", "caption", "encoding"}
    assert (written["recording"]["name"], written["settings"]["encoding"]) == ("own.mp4", "VG")
    assert [clip["start_s"] for clip in written["clips"]] == [0, 4, 8, 12, 16]
    assert download(page, "CSV").startswith("start_s,end_s,label,score,encoding,settled\n0.00,4.00,")
    page.reload()
    page.wait_for_selector(".status:has-text('As you left it. The result of all 5 clips stands.')")
    assert page.locator(".lane[aria-label='Vi-Cl'] .cell").count() == 5
    page.close()
    wait_until(lambda: not list(server.uploads.rglob("own.*")), "the visitor’s files are still there", 30)


@pytest.mark.page
def test_a_bad_upload_is_one_sentence_and_the_next_run_works(page, material, example):
    for control, bad, said in (
        ("#video-file", material / "text.mp4", "is no video"),
        ("#gaze-files", material / "gaze.csv", "Choose your video first"),
    ):
        upload(page, control, bad)
        page.wait_for_selector(f".status.failed:has-text('{said}')")
        page.locator(f".toast-body:has-text('{said}')").get_by_role("button").last.click()
        assert page.locator(".lane[aria-label='Vi-Cl'] .cell").count() == len(example["clips"])
    upload(page, "#video-file", material / "own.mp4")
    page.wait_for_selector(".status:has-text('own.mp4')")
    upload(page, "#gaze-files", material / "other.csv")
    page.wait_for_selector(".status.failed:has-text('other.csv')")
    start(page)
    page.wait_for_selector(".status:has-text('Done: 5 clips')")


@pytest.mark.page
def test_cancel_keeps_what_was_named(page):
    for at_least in (2, 3, 4, 5, 6):  # at one or another of them the lane is just being drawn
        start(page)
        page.wait_for_selector(".status.running:has-text(' s left')")
        page.wait_for_selector(f".lane[aria-label='Vi-Cl']:has(.pending) .cell >> nth={at_least - 1}")
        page.get_by_role("button", name="Cancel").click()
        page.wait_for_selector(".status:has-text('Cancelled')")
        named = page.locator(".lane[aria-label='Vi-Cl'] .cell").count()
        time.sleep(0.6)
        assert page.locator(".lane[aria-label='Vi-Cl'] .cell").count() == named >= at_least
        assert page.locator(".pending").count() > 0
    start(page)
    page.wait_for_selector(".status:has-text('Done')")


@pytest.mark.page
def test_labels_without_a_release_are_said_not_raised(page):
    page.get_by_label("Labels").click()
    page.get_by_role("option", name="Lab Motion (no release yet)").click()
    page.wait_for_selector("text=No release for Lab Motion is on this machine yet.")
    assert page.get_by_role("button", name="Recognise").is_disabled()


@pytest.mark.page
def test_two_visitors_do_not_see_each_other(new_page, material, example):
    one, other = new_page(), new_page()
    upload(one, "#video-file", material / "own.mp4")
    one.wait_for_selector(".status:has-text('own.mp4')")
    start(one)
    start(other)
    for visitor, clips in ((one, 5), (other, len(example["clips"]))):
        visitor.wait_for_selector(f".status:has-text('Done: {clips} clips')")
        assert visitor.locator(".lane[aria-label='Vi-Cl'] .cell").count() == clips
    assert one.locator(".lane[aria-label='Truth']").count() == 0
    assert json.loads(download(other, "JSON"))["recording"]["name"] == example["recording"]["name"]


@pytest.mark.page
def test_a_phone_in_the_dark_scrolls_the_lanes_and_nothing_else(new_page):
    page = new_page(width=390, theme="dark")
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= 390
    assert page.evaluate("document.querySelector('.lanes .scroll').clientWidth") < 390
    assert page.evaluate("getComputedStyle(document.querySelector('.cell')).height") >= "44px"


def start(page) -> None:
    page.locator("button:enabled", has_text="Recognise").last.click()


def test_the_zoo_lists_every_variant_and_what_is_missing(page):
    page.get_by_role("tab", name="Zoo").click()
    page.wait_for_selector(".zoo table")
    rows = page.locator(".zoo tbody tr")
    assert rows.count() == 32
    first = rows.first.inner_text()
    assert "Vi-Cl" in first
    assert "not measured" in first or "0." in first
    zero_shot = page.locator(".zoo tr", has_text="microsoft/xclip-base-patch32").first.inner_text()
    assert "below chance" in zero_shot
    assert "a2e27a78" in zero_shot


def upload(page, control: str, *paths: Path) -> None:
    page.set_input_files(f"{control} input[type=file]", list(map(str, paths)))


def download(page, name: str) -> str:
    with page.expect_download() as got:
        page.locator(f"a:has-text('{name}'), button:has-text('{name}')").last.click()
    return Path(got.value.path()).read_text()


def at_clip(page, example, number: int) -> None:
    at_s = example["clips"][number]["start_s"]
    page.wait_for_function(f"Math.abs(document.querySelector('video').currentTime - {at_s}) < 0.2")
    marked = page.locator(".cell[aria-current]")
    assert float(marked.get_attribute("data-at")) == at_s
    assert marked.evaluate("cell => cell === document.activeElement")


def wait_until(true, otherwise: str, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, otherwise
        time.sleep(0.1)


# What the tests above stand on ------------------------------------------------------------------


@pytest.fixture(scope="session")
def material(tmp_path_factory) -> Path:
    """A folder with a small release, a finished example, and files to upload."""
    folder = tmp_path_factory.mktemp("page")
    write_release(folder / "embedded" / "tiny")
    write_video(folder / "own.mp4", OWN_S)
    write_gaze(folder, OWN_S)
    (folder / "text.mp4").write_text("This is a text.")
    (folder / "other.csv").write_text("name,value\nfirst,1\n")
    write_example(folder / "examples" / "dilution", folder / "embedded" / "tiny")
    return folder


@pytest.fixture(scope="session")
def examples_folder(material) -> Path:
    """The repository's own finished examples if it has some."""
    own = ROOT / "examples"
    return own if any(own.glob("*/result.json")) else material / "examples"


@pytest.fixture(scope="session")
def example(examples_folder) -> dict:
    return json.loads(min(examples_folder.glob("*/result.json")).read_text())


@pytest.fixture(scope="session")
def server(material, examples_folder):
    """The address of the real page in its own process, and where it keeps uploads."""
    with served(material, material / "embedded", examples_folder) as server:
        yield server


@contextmanager
def served(folder: Path, embedded: Path, examples: Path):
    """Serve the page with other releases and examples than its own; what it keeps and says is in folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uploads = folder / "uploads"
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(uploads),
        "BENCHSCRIBE_EXAMPLES": str(examples),
        "HF_HUB_OFFLINE": "1",
    }
    with (folder / "server.log").open("w") as log:
        command = [sys.executable, "-c", SERVE, str(embedded)]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_until(lambda: answers(address), "the page was not served in time", 180)
        yield SimpleNamespace(address=address, uploads=uploads)
    finally:
        process.terminate()
        process.wait(10)
        print((folder / "server.log").read_text()[-4000:])


def answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(address, timeout=2).status == 200
    except OSError:
        return False


@pytest.fixture
def page(new_page):
    return new_page()


def write_release(folder: Path) -> None:
    import torch
    from transformers import VideoMAEConfig, VideoMAEForVideoClassification

    from zoo.labels import LAB_ACTIONS

    torch.manual_seed(0)
    names = dict(enumerate(LAB_ACTIONS.labels))
    config = VideoMAEConfig(
        image_size=32,
        num_frames=16,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        id2label=names,
        label2id={name: number for number, name in names.items()},
    )
    model = VideoMAEForVideoClassification(config)
    torch.nn.init.normal_(model.classifier.weight, std=3)
    model.save_pretrained(folder)
    pixels = {"size": {"height": 32, "width": 32}, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    (folder / "preprocessor_config.json").write_text(json.dumps(pixels))
    about = {"variant": "vi-cl", "labels": "lab-actions", "encodings": ["V", "VG"]}
    about["trained_on"] = "nothing; rendered scenes only in name"
    config = json.loads((folder / "config.json").read_text()) | {"benchscribe": about}
    (folder / "config.json").write_text(json.dumps(config))


def write_example(folder: Path, release: Path) -> None:
    """Finished by the product itself, as the examples of the repository are."""
    from encodings.names import encoding
    from pipelines.exports.json import as_json
    from pipelines.recognition.recognise import recognise
    from pipelines.recordings.recording import open_recording
    from zoo.model_store import ModelStore
    from zoo.releases import find_release

    folder.mkdir(parents=True)
    write_video(folder / "scene.mp4", 41.5)
    write_gaze(folder, 41.5)
    scene = open_recording(folder / "scene.mp4", folder / "gaze.csv", folder / "world_timestamps.csv")
    found = find_release("vi-cl", "lab-actions", "VG", weights=str(release))
    *_, answer = recognise(scene, found, encoding("VG"), ModelStore())
    (folder / "result.json").write_text(json.dumps(as_json(answer)))
    (folder / "thumbnails.json").write_text(json.dumps([clip.thumbnail for clip in answer.clips]))
    (folder / "labels.csv").write_text("start_s,end_s,label\n0,20,Add\n20,41.5,Stir\n")


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
    """gaze.csv and world_timestamps.csv as Pupil Cloud exports them."""
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
