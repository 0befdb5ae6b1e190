"""Fine-tuning resumes to the same weights, and leaves a release that says what it is."""

import json

import pytest
import torch
from huggingface_hub import ModelCard
from transformers import VideoMAEForVideoClassification

from pipelines.datasets.manifest import read_manifest
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings
from pipelines.training import finetune as finetuning
from pipelines.training.architectures.videomae_t5 import initialise_encoder, make_encoder
from pipelines.training.finetune import NotTrained, finetune
from pipelines.training.presets import VIDEOMAE_PRESETS, UnknownPreset
from tests.support.tiny_training import SIZE, finetuning_run, tiny_presets, tiny_videomae
from zoo.labels import LAB_ACTIONS
from zoo.model_store import ModelStore
from zoo.release_config import ReleaseConfig
from zoo.releases import find_release

VARIANTS = ("vi-cl", "vi-lm")


@pytest.fixture(scope="module", params=VARIANTS)
def release(request, lab, videomae, pixels, tmp_path_factory):
    """The folder of a release of each variant, named VARIANT-lab-actions."""
    folder = tmp_path_factory.mktemp("release")
    out = folder / f"{request.param}-lab-actions"
    more = {"variant": request.param, "init": videomae, "cache": pixels}
    with tiny_presets():
        finetune(finetuning_run(lab, folder / "run", out, **more))
    return out


@pytest.fixture
def no_report(monkeypatch):
    """For tests of the weights alone."""
    monkeypatch.setattr(finetuning, "report", lambda *_: None)


@pytest.mark.usefixtures("no_report")
def test_resumes_to_the_same_weights(release, lab, videomae, pixels, tmp_path, stop_after):
    variant = ReleaseConfig.read(release).variant
    more = {"variant": variant, "init": videomae, "cache": pixels}
    run = finetuning_run(lab, tmp_path / "run", tmp_path / "out", **more)
    stop_after(2, lambda: finetune(run))
    assert not (tmp_path / "out").exists()
    finetune(run)
    files = sorted(path.relative_to(release) for path in release.rglob("*.safetensors"))
    assert len(files) == {"vi-cl": 1, "vi-lm": 3}[variant]
    for name in files:
        assert (release / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
    log = json.loads((tmp_path / "run" / "log.json").read_text())
    assert [entry["epoch"] for entry in log] == [1, 2, 3]


def test_the_release_says_what_it_is(release, lab):
    config, rows = ReleaseConfig.read(release), read_manifest(lab)
    training = [row for row in rows if row.split == "training"]
    assert release.name == f"{config.variant}-{config.labels}"
    assert config.encodings == ("V", "VG")
    assert config.training_clips == len(training) == sum(config.training_labels.values())
    assert list(config.training_labels) == list(LAB_ACTIONS.labels)
    workflows = {row.workflow for row in training}
    assert sum(map(sum, config.transition_counts)) == len(training) - len(workflows)
    assert "rendered" in config.trained_on
    assert "rendered" in config.started_from
    assert config.object_masks is True
    ModelStore().load(find_release(config.variant, "lab-actions", "V", "hub", str(release)))


def test_the_card_has_what_was_measured(release, lab):
    variant = ReleaseConfig.read(release).variant
    results = json.loads((release / "evaluation.json").read_text())
    card = (release / "README.md").read_text()
    testing = [row.label for row in read_manifest(lab) if row.split == "testing"]
    assert [each["encoding"] for each in results] == ["V", "VG"]
    for each in results:
        assert each["clips"] == len(testing) == sum(sum(row.values()) for row in each["confusion"].values())
        assert f"| {each['encoding']} | as named | {each['clips']} | {each['f1']:.2f}" in card
        assert f"| {each['encoding']} | smoothed | {each['clips']} | {each['f1_settled']:.2f} |" in card
        low, high = each["f1_interval"] or (0, 1)
        assert low <= each["f1"] <= high
    stated = {
        each.dataset_config: each.metric_value
        for each in ModelCard.load(release / "README.md").data.eval_results
    }
    assert stated == {f"lab-actions-{each['encoding']}": round(each["f1"], 4) for each in results}
    for name in ("learning-curve", f"confusion-{variant}-lab-actions-VG", f"errors-{variant}-lab-actions-V"):
        assert 1000 < (release / "figures" / f"{name}.png").stat().st_size < 300_000
        assert f"figures/{name}.png" in card
    assert "real laboratory" in card
    assert "Its encoder started from videomae" in card
    assert f"    python -m pipelines finetune --variant {variant} --labels lab-actions" in card


@pytest.mark.usefixtures("no_report")
def test_vi_lm_starts_from_vi_cl(lab, pixels, tmp_path):
    finetune(finetuning_run(lab, tmp_path / "run", tmp_path / "vi-cl", cache=pixels, epochs=1))
    encoder = make_encoder(SIZE)
    initialise_encoder(encoder, tmp_path / "vi-cl")
    stored = VideoMAEForVideoClassification.from_pretrained(tmp_path / "vi-cl", dtype=torch.float32).videomae
    own = encoder.state_dict()
    assert all((weights == own[name]).all() for name, weights in stored.state_dict().items())
    assert set(own) - set(stored.state_dict()) == {"layernorm.weight", "layernorm.bias"}


@pytest.mark.usefixtures("no_report")
def test_loss_falls_on_a_few_clips(lab, pixels, tmp_path, presets):
    presets.setitem(VIDEOMAE_PRESETS, "tiny", tiny_videomae(learning_rate=3e-3, layer_decay=1.0))
    finetune(finetuning_run(lab, tmp_path / "run", tmp_path / "out", cache=pixels, epochs=30))
    log = json.loads((tmp_path / "run" / "log.json").read_text())
    assert log[-1]["loss"] < log[0]["loss"] - 0.2


def test_what_cannot_be_trained_is_refused(lab, tmp_path):
    with pytest.raises(UnknownPreset, match="embedded"):
        finetune(finetuning_run(lab, tmp_path, tmp_path, preset="huge"))
    with pytest.raises(NotTrained, match="vi-lm"):
        finetune(finetuning_run(lab, tmp_path, tmp_path, variant="x-clip"))


@pytest.mark.usefixtures("no_report")
def test_without_true_masks_training_has_no_object_targets(tmp_path):
    more = {"rate_hz": 4, "width": 64, "height": 48, "workflow_s": 4, "clips": False}
    bare = render(Settings(labels="lab-actions", workflows=12, seed=5, **more), tmp_path / "bench")
    finetune(finetuning_run(bare, tmp_path / "run", tmp_path / "release", epochs=1))
    assert ReleaseConfig.read(tmp_path / "release").object_masks is False
