"""Starting the page: its options, outside its environment, and with no model on the machine."""

import os
import socket
import subprocess
import sys

import pytest

from tests.page.conftest import served
from tests.page.material import ROOT
from tests.page.visitor import OWN_CLIPS, can_press, open_tab, upload, wait_for_status


def start(*arguments: str, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess:
    command = [sys.executable, *python, "app.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_help_names_the_options():
    done = start("--help")
    assert done.returncode == 0
    assert all(option in done.stdout for option in ("--host", "--port", "--share"))


def test_a_wrong_option_is_refused():
    assert start("--port", "many").returncode == 2


def test_outside_its_environment_it_says_how_to_start_it():
    done = start(python=("-S",))  # without what is installed
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "make run" in done.stderr


def test_a_port_that_is_taken_is_one_sentence(capsys):
    import app

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SystemExit) as end:
            app.main(port=taken.getsockname()[1])
    assert end.value.code == 2
    assert capsys.readouterr().err.endswith("choose others with --host and --port.\n")


def test_a_device_that_is_not_there_is_one_sentence(capsys, monkeypatch):
    import app

    monkeypatch.setenv("BENCHSCRIBE_DEVICE", "")
    with pytest.raises(SystemExit) as end:
        app.main(device="cuda:99")
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("There is no cuda:99 on this machine")


def test_the_page_needs_no_model_library_to_paint():
    code = "import sys, app; print([m for m in ('torch', 'transformers', 'xgboost') if m in sys.modules])"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, env=env, text=True) == "[]\n"


@pytest.fixture
def server_without_models(material, tmp_path):
    with served(tmp_path, tmp_path / "nothing", material / "examples") as server:
        yield server


@pytest.mark.page
def test_without_a_model_the_page_shows_examples_and_says_what_to_do(server_without_models, visit, material):
    page = visit(server_without_models.address)
    wait_for_status(page, "A finished example")
    page.wait_for_selector("header:has-text('the folder zoo/embedded is empty')")
    assert not can_press(page, "Recognise")
    upload(page, "#video-file", material / "own.mp4")
    wait_for_status(page, f"own.mp4: {OWN_CLIPS} clips to name. No model is on this machine.")
    assert not can_press(page, "Recognise")
    open_tab(page, "Compare")
    wait_for_status(page, "No model is on this machine.")
    assert not can_press(page, "Compare")
    open_tab(page, "Zoo")
    page.wait_for_selector(".zoo table")
    assert "Traceback" not in server_without_models.log.read_text()
