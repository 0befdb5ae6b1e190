"""Pre-training of VideoMAE resumes to the same weights, and its folder says what it is."""

import json

from pipelines.training.pretrain import pretrain
from tests.support.tiny_training import pretraining_run
from zoo.release_config import ReleaseConfig


def test_resumes_to_the_same_weights(videomae, lab, pixels, tmp_path, stop_after):
    run = pretraining_run(lab, tmp_path / "run", tmp_path / "out", cache=pixels)
    stop_after(1, lambda: pretrain(run))
    pretrain(run)
    weights = [(folder / "model.safetensors").read_bytes() for folder in (videomae, tmp_path / "out")]
    assert weights[0] == weights[1]


def test_the_folder_says_what_it_is(videomae):
    config = ReleaseConfig.read(videomae)
    assert config.trained_on == "rendered scenes"
    assert config.preset == "tiny"
    log = json.loads((videomae / "log.json").read_text())
    assert log[-1]["loss"] < log[0]["loss"]
    card = (videomae / "README.md").read_text()
    assert "rendered scenes" in card
    assert "true\nobject masks" in card
    assert f"{min(entry['validation_loss'] for entry in log):.3f}" in card


def test_epochs_replace_those_of_the_preset(lab, pixels, tmp_path):
    pretrain(pretraining_run(lab, tmp_path / "run", tmp_path / "out", cache=pixels, epochs=1))
    assert len(json.loads((tmp_path / "out" / "log.json").read_text())) == 1
