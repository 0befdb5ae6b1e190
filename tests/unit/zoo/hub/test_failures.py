"""Whatever is wrong with the Hub, the line to it or a release on it: one sentence that says what to do."""

import json

import pytest

from tests.support.pushed_releases import go_to
from zoo.hub.download import fetch, find_local
from zoo.hub.fetches import Fetches
from zoo.hub.listing import download_bytes, list_files, reachable
from zoo.hub.push import write_git_repository
from zoo.model_store import ModelStore
from zoo.releases import find_release
from zoo.weights import Weights, WeightsMissing

WEIGHTS = "model.safetensors"
HTML = (200, {"content-type": "text/html"}, b"<!doctype html><title>Sign in</title>")


@pytest.fixture
def weights(line) -> Weights:
    return find_release("vi-cl", "lab-actions", "V", "hub").weights


def refused(weights: Weights) -> str:
    """The sentence of a download, the same in the background."""
    with pytest.raises(WeightsMissing) as caught:
        fetch(weights)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith((".", "!"))
    assert "Traceback" not in sentence
    assert find_local(weights) is None
    return sentence


def refuse(status: int, **headers: str):
    """An answer to every request for files; the start page of the hub answers."""
    return lambda method, path: None if path == "/" else (status, headers, b"{}")


def test_no_network(weights, tmp_path, monkeypatch):
    go_to("http://127.0.0.1:9", tmp_path / "cache", monkeypatch)
    assert not reachable()
    assert "connect to the network" in refused(weights)
    assert download_bytes([weights]) is None


def test_a_proxy_that_answers_with_a_page(line, weights):
    line.answer = lambda method, path: HTML
    assert reachable()
    assert list_files(weights) is None
    assert "is no model hub" in refused(weights)


@pytest.mark.parametrize("name", ["config.json", WEIGHTS])
def test_a_proxy_that_comes_between_the_listing_and_the_files(line, weights, name):
    line.answer = lambda method, path: HTML if path.endswith(f"/{name}") else None
    assert "is no model hub" in refused(weights)


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_without_the_right(line, weights, status, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_test")
    line.answer = refuse(status)
    sentence = refused(weights)
    assert f"status {status}" in sentence
    assert "HF_TOKEN" in sentence
    assert "hf_of_the_test" not in sentence


def test_a_gated_repository(line, weights):
    line.answer = refuse(403, **{"x-error-code": "GatedRepo"})
    sentence = refused(weights)
    assert f"{line.own_endpoint}/{weights.source}" in sentence
    assert "accept its terms" in sentence
    assert "HF_TOKEN" in sentence


@pytest.mark.parametrize("code", ["RepoNotFound", "EntryNotFound"])
def test_a_repository_that_is_withdrawn_in_the_middle(line, weights, code):
    gone = (404, {"x-error-code": code}, b"")
    line.answer = lambda method, path: gone if path.endswith(WEIGHTS) else None
    assert "has been withdrawn" in refused(weights)
    progress = Fetches().start(find_release("vi-cl", "lab-actions", "V", "hub")).wait(60)
    assert progress.state == "failed"
    assert "has been withdrawn" in progress.error


def test_a_file_of_another_content(line, weights):
    size = next(each.size_bytes for each in list_files(weights) if each.path == WEIGHTS)
    wrong = (200, {}, b"?" * size)
    line.answer = lambda method, path: wrong if method == "GET" and path.endswith(WEIGHTS) else None
    assert "hash differs" in refused(weights)
    line.answer = lambda method, path: None
    assert fetch(weights)


def test_a_branch_is_pinned_for_the_user(line, weights):
    with pytest.raises(WeightsMissing, match=f"40 hexadecimal digits.*name {weights.source}@") as caught:
        find_release("vi-cl", "lab-actions", "V", "hub", f"{weights.source}@main")
    assert weights.revision in str(caught.value)
    line.answer = refuse(404)
    with pytest.raises(WeightsMissing, match="40 hexadecimal digits"):
        find_release("vi-cl", "lab-actions", "V", "hub", f"{weights.source}@main")


def test_a_folder_that_is_no_release(tmp_path):
    with pytest.raises(WeightsMissing, match="is no release"):
        find_release("vi-cl", "lab-actions", "V", "hub", str(tmp_path))


@pytest.mark.parametrize("change", [{"hidden_size": 48}, {"num_hidden_layers": 3}], ids=str)
def test_weights_of_another_architecture_under_our_names(here, zoo, tmp_path, change):
    folder = tmp_path / "another"
    folder.mkdir()
    for path in (zoo / "vi-cl-lab-actions").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    config = json.loads((folder / "config.json").read_text()) | change
    (folder / "config.json").write_text(json.dumps(config))
    revision = write_git_repository(folder, f"strangers/{next(iter(change))}", here).revision
    name = f"strangers/{next(iter(change))}@{revision}"
    release = find_release("vi-cl", "lab-actions", "V", "hub", name)
    with pytest.raises(WeightsMissing) as caught:
        ModelStore().load(release)
    assert "\n" not in str(caught.value)
    assert "fetch or push" in str(caught.value)
