"""The training loop keeps the best epoch of finite metric, and stops when the loss is not finite."""

import json
import math

import pytest
import torch
from safetensors.torch import load_file

from pipelines.training.objectives.masked_autoencoder import MaskedAutoencoder
from pipelines.training.presets import VIDEOMAE_PRESETS
from pipelines.training.pretrain import pretrain
from pipelines.training.trainer import TrainingDiverged
from tests.support.tiny_training import pretraining_run, tiny_videomae


def metrics(monkeypatch, *values: float) -> list[dict[str, torch.Tensor]]:
    """Let validation give these values, one an epoch; returns the weights that it was asked about."""
    left, weights = list(values), []

    def evaluate(self, batches):
        weights.append({name: each.clone() for name, each in self.state_dict().items()})
        return left.pop(0)

    monkeypatch.setattr(MaskedAutoencoder, "evaluate", evaluate)
    return weights


@pytest.mark.parametrize(
    ("values", "best"), [((math.nan, 2.0, 3.0), 1), ((2.0, math.nan, 1.0), 2), ((-math.inf, 2.0, 1.0), 2)]
)
def test_a_metric_that_is_not_finite_is_never_the_best(lab, pixels, tmp_path, monkeypatch, values, best):
    weights = metrics(monkeypatch, *values)
    pretrain(pretraining_run(lab, tmp_path / "run", tmp_path / "out", cache=pixels, epochs=3))
    kept = load_file(tmp_path / "run" / "best.safetensors")
    assert all(torch.equal(kept[name], each) for name, each in weights[best].items() if name in kept)
    assert f"validation split was {values[best]:.3f}" in (tmp_path / "out" / "README.md").read_text()


def test_without_any_finite_metric_the_training_fails(lab, pixels, tmp_path, monkeypatch):
    metrics(monkeypatch, math.nan)
    with pytest.raises(TrainingDiverged, match="finite validation_loss"):
        pretrain(pretraining_run(lab, tmp_path / "run", tmp_path / "out", cache=pixels, epochs=1))
    assert not (tmp_path / "out").exists()


def test_a_loss_that_is_not_finite_stops_the_training(lab, pixels, tmp_path, presets):
    preset = tiny_videomae(learning_rate=1e30, max_gradient_norm=float("inf"), warmup=0.0)
    presets.setitem(VIDEOMAE_PRESETS, "tiny", preset)
    with pytest.raises(TrainingDiverged, match=r"loss of epoch \d.*learning rate 1e\+30") as caught:
        pretrain(pretraining_run(lab, tmp_path / "run", tmp_path / "out", cache=pixels, epochs=5))
    assert "\n" not in str(caught.value)
    log = tmp_path / "run" / "log.json"
    kept = json.loads(log.read_text()) if log.exists() else []
    assert all(math.isfinite(entry["loss"]) for entry in kept)
