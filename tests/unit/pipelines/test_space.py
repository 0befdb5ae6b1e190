"""What a Space is made of, what its README may say, and what its upload says to the Hub."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from pipelines import space
from pipelines.__main__ import main
from pipelines.limits import on_space
from tests.support.upload_exchange import replay_uploads
from zoo.hub.safety import PATTERNS

ROOT = Path(__file__).parents[3]
SPACE, REVISION = "lab/benchscribe", "0123456789abcdef0123456789abcdef01234567"
KEPT_BACK = ("constraints.txt", "tests/test_page.py", "Makefile", ".gitignore")


def git(folder: Path, *arguments: str) -> None:
    names = ["-c", "user.name=Lab", "-c", "user.email=lab@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """A small checkout of a project like this one, committed."""
    folder = tmp_path / "project"
    ours = ("README.md", "requirements.txt", "constraints.txt", "zoo/hub.json")
    files = {name: (ROOT / name).read_text("utf-8") for name in ours} | {".gitignore": "runs/\n*.pyc\n"}
    files |= dict.fromkeys(("app.py", "LICENSE", "pipelines/page/käse.py", "encodings/a.py"), "1\n")
    files |= dict.fromkeys(("examples/scene.mp4", "zoo/x/model.safetensors"), "2\n")
    files |= dict.fromkeys(("tests/test_page.py", "Makefile"), "3\n")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=All")
    (folder / "runs").mkdir()
    (folder / "zoo/a.pyc").write_text("left by Python")
    monkeypatch.setattr(space, "ROOT", folder)
    return folder


def refusal(capsys, *options: str) -> str:
    assert main(["deploy", SPACE, "--dry-run", *options]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    return line


def test_this_project_can_be_deployed():
    space.check_front_matter(ROOT)
    space.check_requirements(ROOT)
    pinned = re.search(r"^torch==(\S+)", (ROOT / "constraints.txt").read_text(), re.M)[1]
    assert pinned in space.ZERO_GPU_TORCH


def test_a_space_says_that_it_is_one(monkeypatch):
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert not on_space()
    monkeypatch.setenv("SPACE_ID", SPACE)
    assert on_space()


def test_what_is_preloaded_is_pinned_and_is_what_a_download_takes():
    pins = json.loads((ROOT / "zoo/hub.json").read_text())["backbones"]
    for line, (name, files) in zip(space.preloads(), space.PRELOADED.items(), strict=True):
        assert line.split(" ") == [pins[name]["source"], ",".join(files), pins[name]["revision"]]
        assert all(any(Path(file).match(pattern) for pattern in PATTERNS) for file in files)


def test_a_dry_run_lists_the_committed_files_of_the_page_and_uploads_nothing(checkout, capsys):
    assert main(["deploy", SPACE, "--dry-run"]) == 0
    listed = json.loads(capsys.readouterr().out)
    names = {each["path"] for each in listed["files"]}
    assert {"README.md", "app.py", "pipelines/page/käse.py", "zoo/hub.json", "examples/scene.mp4"} <= names
    assert not names & {*KEPT_BACK, "zoo/a.pyc"}
    assert listed["size_bytes"] == sum((checkout / name).stat().st_size for name in names)
    assert (listed["space"], listed["revision"]) == (SPACE, None)


@pytest.mark.parametrize("name", ["README.md", "pipelines/new.py"])
def test_what_is_not_committed_is_not_deployed(checkout, capsys, name):
    with (checkout / name).open("a") as file:
        file.write("\nMore.\n")
    assert refusal(capsys).startswith(f"{name} is not committed;")


def test_other_files_need_not_be_committed(checkout):
    (checkout / "notes.txt").touch()
    (checkout / "tests/new.py").touch()
    assert main(["deploy", SPACE, "--dry-run"]) == 0


FAULTS = {
    "no front matter": (r"\A---", "", "has no readable front matter|sdk: nothing"),
    "broken": (r"title: .*", "title: [", "has no readable front matter"),
    "another sdk": ("sdk: gradio", "sdk: docker", "expected gradio"),
    "another gradio": (r"sdk_version: .*", "sdk_version: 5.0.0", r"expected 6\."),
    "a number": (r"python_version: .*", "python_version: 3.12", "expected one of 3.12"),
    "an old Python": (r"python_version: .*", 'python_version: "3.10"', "expected one of 3.12"),
    "no app": ("app_file: app.py", "app_file: main.py", "a file of this checkout"),
    "no such hardware": (r"suggested_hardware: .*", "suggested_hardware: h200", "zero-a10g"),
    "no licence": (r"license: .*\n", "", "license: nothing"),
    "a long description": (r"(short_description: .*)", r"\1 and does much more than that", "1 to 60"),
    "a colour": ("colorTo: green", "colorTo: mauve", "colorTo: mauve"),
    "a typing error": ("app_file", "app_flie", "app_flie"),
    "another revision": (r"(preload_from_hub:\n.*)[0-9a-f]{40}", r"\1main", "preload_from_hub"),
    "more models": (r"models: \[", "models: [a/b, ", "models"),
}


@pytest.mark.parametrize(("pattern", "replacement", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_readme_that_makes_no_space_is_refused(checkout, capsys, pattern, replacement, expected):
    text = (checkout / "README.md").read_text("utf-8")
    assert re.search(pattern, text)
    (checkout / "README.md").write_text(re.sub(pattern, replacement, text, count=1), encoding="utf-8")
    assert re.search(expected, refusal(capsys))


@pytest.mark.parametrize("torch", ["torch>=2.8,<2.15", "torch>=2.8,<=2.14.1", "torch", "torch==2.13.0"])
def test_a_torch_that_zero_gpu_does_not_offer_is_refused(checkout, capsys, torch):
    text = re.sub(r"^torch\S+", torch, (checkout / "requirements.txt").read_text(), count=1, flags=re.M)
    (checkout / "requirements.txt").write_text(text)
    assert "ZeroGPU does not offer" in refusal(capsys)


def test_what_is_no_checkout_or_no_name_is_refused(checkout, capsys):
    (checkout / ".git").rename(checkout / "git")
    assert "no git checkout" in refusal(capsys)
    assert main(["deploy", "benchscribe"]) == 2
    assert "ORG/NAME" in capsys.readouterr().err


@pytest.fixture
def exchange(monkeypatch):
    with replay_uploads(monkeypatch, SPACE, REVISION, "spaces") as exchange:
        yield exchange


@pytest.mark.parametrize("options", [[], ["--private"]], ids=["as the organisation has it", "private"])
def test_an_upload_sends_what_the_dry_run_lists_and_takes_the_commit(checkout, exchange, capsys, options):
    assert main(["deploy", SPACE, "--dry-run"]) == 0
    listed = {each["path"] for each in json.loads(capsys.readouterr().out)["files"]}
    assert exchange.requests == []
    assert main(["deploy", SPACE, *options]) == 0
    deployed = json.loads(capsys.readouterr().out)
    assert deployed["revision"] == REVISION
    assert (exchange.creation["type"], exchange.creation["sdk"]) == ("space", "gradio")
    assert exchange.creation.get("visibility") == ("private" if options else None)
    sent = {name: content for name, content in exchange.files.items() if content != b"deleted"}
    assert set(exchange.files) - set(sent) == {"old.txt"}
    assert set(sent) == listed
    assert all((checkout / name).read_bytes() == content for name, content in sent.items())
    assert exchange.requests.count(f"POST /api/spaces/{SPACE}/commit/main") == 1


@pytest.mark.parametrize("status", [401, 403])
def test_an_upload_that_is_not_allowed_is_one_sentence(checkout, exchange, capsys, status):
    exchange.status = status
    assert main(["deploy", SPACE]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "you may not write there" in line


def test_without_network_there_is_one_sentence(checkout, monkeypatch, capsys):
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_test")
    assert main(["deploy", SPACE]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith(f"{SPACE} cannot be pushed (")
