"""The page on a machine without any weights, whose hub has tiny releases of all eight variants."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from pipelines.__main__ import main
from tests.page.conftest import served
from tests.page.visitor import (
    OWN_CLIPS,
    can_press,
    choose,
    choose_model,
    download,
    open_bar,
    open_tab,
    press,
    upload,
    wait_for_status,
    wait_until,
)
from tests.support.hub_line import line_to
from tests.support.local_hub import serve
from tests.support.pushed_releases import LABELS, push_zoo, write_trained_zoo
from zoo.variants import VARIANTS

pytestmark = pytest.mark.page
ONE_BY_ONE = {"vi-lm": "Vi-LM", "x-clip-xgb": "X-CLIP + XGB"}  # text and trees, on Recognise


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    """The releases in folders."""
    return write_trained_zoo(tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="module")
def hub(zoo, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """The same pushed: the folder of repositories and pins, and a line to the hub that serves them."""
    folder = tmp_path_factory.mktemp("hub")
    push_zoo(zoo, folder)
    with serve(folder) as behind, line_to(behind) as (endpoint, line):
        yield SimpleNamespace(folder=folder, endpoint=endpoint, line=line)


@contextmanager
def started(folder, hub, material):
    """Serve the page of a machine with nothing but the file of pins."""
    line = {"HF_ENDPOINT": hub.endpoint, "HF_HUB_OFFLINE": "0", "HF_HOME": str(folder / "home")}
    pins = {"BENCHSCRIBE_HUB": str(hub.folder / "hub.json")}
    with served(folder, folder / "nothing", material / "examples", **line, **pins) as server:
        yield server


@pytest.fixture(scope="module")
def start(hub, material, tmp_path_factory):
    """One that keeps what it has fetched from test to test."""
    with started(tmp_path_factory.mktemp("start"), hub, material) as server:
        yield server


@pytest.fixture
def fresh_page(hub, material, tmp_path, visit):
    """The same on a machine that has fetched nothing yet."""
    with started(tmp_path, hub, material) as server:
        yield with_own_recording(visit(server.address), material)


@pytest.fixture
def page(start, visit, material):
    """A visitor with a recording of their own."""
    return with_own_recording(visit(start.address), material)


def with_own_recording(page, material):
    wait_for_status(page, "A finished example")
    upload(page, "#video-file", material / "own.mp4")
    wait_for_status(page, f"own.mp4: {OWN_CLIPS} clips")
    return page


def tick(page, *names: str) -> None:
    """Tick the models of Compare that have one of the names, and no others."""
    page.locator("#models:visible input[type=checkbox]").first.wait_for()
    for box in page.locator("#models:visible label").all():
        wanted = any(name in box.inner_text() for name in names)
        if box.locator("input").is_checked() != wanted:
            box.click()


def of_folder(zoo, material, key: str, out) -> list[dict]:
    """The clips as the same release names them from its folder."""
    folder = zoo / (key if (zoo / key).is_dir() else f"{key}-{LABELS}")
    arguments = [str(material / "own.mp4"), "--variant", key, "--weights", str(folder), "--json", str(out)]
    assert main(["recognise", *arguments, "--encoding", "V"]) == 0
    return json.loads(out.read_text())["clips"]


def test_an_own_recording_is_offered_the_zero_shot_model_by_one_click(page):
    """It comes first: what is offered is not on this machine yet."""
    press(page, "Try the full-size X-CLIP (0.")
    page.wait_for_selector(".origin:visible:has-text('X-CLIP · V · Lab Actions · makers/x-clip@')")
    wait_for_status(page, f"Done: {OWN_CLIPS} clips named.")


def test_all_eight_are_fetched_and_answer_as_from_their_folders(page, zoo, material, tmp_path):
    open_tab(page, "Compare")
    tick(page, "@")
    press(page, "Compare")
    wait_for_status(page, f"Done: 8 of 8 models named {OWN_CLIPS} clips")
    compared = json.loads(download(page, "JSON"))
    answers = {run["settings"]["variant"]: run["clips"] for run in compared["runs"]}
    assert answers.keys() == {each.key for each in VARIANTS}
    assert {run["settings"]["tier"] for run in compared["runs"]} == {"hub"}
    for key, clips in answers.items():
        assert clips == of_folder(zoo, material, key, tmp_path / "folder.json"), key
    open_tab(page, "Recognise")
    for key, title in ONE_BY_ONE.items():
        choose_model(page, f"{title} · ")
        wait_until(lambda: can_press(page, "Recognise"), f"{title} cannot be chosen")
        press(page, "Recognise")
        page.wait_for_selector(f".origin:visible:has-text('{title} · V · ')")
        wait_for_status(page, f"Done: {OWN_CLIPS} clips named.")
        answer = json.loads(download(page, "JSON"))
        assert (answer["settings"]["variant"], answer["settings"]["tier"]) == (key, "hub")
        assert answer["clips"] == answers[key]


def test_a_wrong_hash_and_one_withdrawn_in_the_middle_are_said_and_the_rest_go_on(fresh_page, zoo, hub):
    page = fresh_page
    wrong, withdrawn = "vi-cl-lab-actions", "x-clip-rf-lab-actions"
    size = (zoo / wrong / "model.safetensors").stat().st_size
    repository, gone = hub.folder / "models" / "lab" / withdrawn, hub.folder / "gone"

    def spoil(method: str, path: str):
        if method == "GET" and wrong in path and path.endswith("model.safetensors"):
            return 200, {}, b"0" * size
        if method == "GET" and withdrawn in path and path.endswith("config.json") and repository.exists():
            shutil.move(repository, gone)
        return None

    hub.line.answer = spoil
    try:
        open_tab(page, "Compare")
        tick(page, wrong, withdrawn, "x-clip-xgb-lab-actions")
        press(page, "Compare")
        wait_for_status(page, f"Done: 1 of 3 models named {OWN_CLIPS} clips")
        remarks = " ".join(page.locator(".remarks:visible").all_inner_texts())
        assert "is not the file that was pushed (its hash differs)" in remarks
        assert f"The Hub has no lab/{withdrawn} at revision" in remarks
        assert "any more, though it listed" in remarks
    finally:
        hub.line.answer = lambda method, path: None
        shutil.move(gone, repository)


def test_a_release_of_other_labels_or_a_branch_is_said_beside_the_name(page, zoo, material):
    open_bar(page)
    page.locator("button:visible", has_text="Use another release").click()
    name = page.get_by_label("Repository or folder").locator("visible=true")
    name.fill("lab/vi-cl-lab-actions@main")
    press(page, "Add to the models")
    page.wait_for_selector(".problem:visible:has-text('main')")
    name.fill(str(zoo / f"vi-cl-{LABELS}"))
    press(page, "Add to the models")
    page.wait_for_selector(f".release:visible:has-text('Vi-Cl · folder vi-cl-{LABELS}')")
    assert not page.locator(".problem:visible").count()
    choose(page, "Labels", "Lab Motion")
    page.wait_for_selector(".release:visible:has-text('was trained on Lab Actions')")
    wait_until(lambda: not can_press(page, "Recognise"), "a release of other labels can be run")
