"""Training really trains, resumes to the same weights, and leaves an honest release behind."""

import dataclasses
import json
import re

import pytest
import torch
from huggingface_hub import ModelCard
from safetensors.torch import load_file
from transformers import VideoMAEForPreTraining, VideoMAEForVideoClassification, VideoMAEModel

from pipelines.datasets.clips import labelled_clips, rows_of
from pipelines.datasets.manifest import read_manifest
from pipelines.datasets.rendered.output.render import render
from pipelines.training import finetune as module
from pipelines.training import trainer as loop
from pipelines.training.architectures.videomae_t5 import (
    make_encoder,
    make_tokenizer,
    make_writer,
    start_from,
    videomae_config,
)
from pipelines.training.config import PRESETS, UnknownPreset
from pipelines.training.finetune import NotTrained, finetune
from pipelines.training.pretrain import pretrain
from zoo.labels import LAB_ACTIONS, LABEL_SETS
from zoo.model_store import ModelStore
from zoo.release_config import ReleaseConfig
from zoo.releases import find_release
from zoo.weights import WeightsMissing

SIZE = dataclasses.replace(
    PRESETS["embedded"].size,
    **{"side": 32, "patch": 8, "hidden": 16, "layers": 2, "heads": 1, "pixel_hidden": 12, "pixel_layers": 1},
    **{"text_hidden": 16, "text_layers": 1, "text_heads": 2, "text_tokens": 300},
)


def tiny(name: str = "embedded", **numbers: object):
    chosen = PRESETS[name]
    return dataclasses.replace(
        chosen,
        size=SIZE,
        pretraining=dataclasses.replace(chosen.pretraining, **{"epochs": 2, "batch": 8} | numbers),
        finetuning=dataclasses.replace(chosen.finetuning, **{"epochs": 3, "batch": 4} | numbers),
    )


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    out = tmp_path_factory.mktemp("bench") / "out"
    return render(
        "lab-actions", 12, 5, out, rate_hz=4, width=64, height=48, workflow_s=8, clips=False, signals=True
    )


@pytest.fixture(autouse=True)
def tiny_preset(monkeypatch):
    monkeypatch.setitem(PRESETS, "tiny", tiny())


@pytest.fixture(scope="module")
def pretrained(manifest, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pretrained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "tiny", tiny())
        pretrain(manifest, "tiny", 3, folder / "run", folder / "videomae")
    return folder / "videomae"


@pytest.fixture
def unreported(monkeypatch):
    """For tests of the weights alone."""
    monkeypatch.setattr(module, "report", lambda *_: None)


def train(manifest, run, out, **more):
    finetune(manifest, LAB_ACTIONS, ("V", "VG"), "tiny", 7, run, out, **more)


class Interrupted(Exception):
    pass


def interrupt(monkeypatch, act) -> None:
    """Stop an act when its second epoch has been written down."""
    keep = loop.Run._keep

    def keep_and_stop(run, entry):
        keep(run, entry)
        if entry["epoch"] == 2:
            raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(loop.Run, "_keep", keep_and_stop)
        with pytest.raises(Interrupted):
            act()


@pytest.mark.parametrize("variant", ["vi-cl", "vi-lm"])
@pytest.mark.usefixtures("unreported")
def test_resumes_to_the_same_weights(manifest, pretrained, tmp_path, monkeypatch, variant):
    more = {"variant_key": variant, "init": pretrained, "cache": tmp_path / "cache"}
    train(manifest, tmp_path / "whole", tmp_path / "one", **more)
    interrupt(monkeypatch, lambda: train(manifest, tmp_path / "broken", tmp_path / "two", **more))
    assert not (tmp_path / "two").exists()
    train(manifest, tmp_path / "broken", tmp_path / "two", **more)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.safetensors"))
    assert len(files) == {"vi-cl": 1, "vi-lm": 3}[variant]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    log = json.loads((tmp_path / "broken" / "log.json").read_text())
    assert [entry["epoch"] for entry in log] == [1, 2, 3]


@pytest.mark.parametrize("variant", ["vi-cl", "vi-lm"])
def test_the_release_answers_and_says_what_it_is(manifest, pretrained, tmp_path, variant):
    out = tmp_path / f"{variant}-lab-actions"
    train(manifest, tmp_path / "run", out, variant_key=variant, init=pretrained)
    about = ReleaseConfig.read(out)
    rows = read_manifest(manifest)
    clips = sum(row.split == "training" for row in rows)
    assert (about.variant, about.labels, about.encodings) == (variant, "lab-actions", ("V", "VG"))
    assert about.training_clips == clips == sum(about.training_labels.values())
    assert list(about.training_labels) == list(LAB_ACTIONS.labels)
    workflows = {row.workflow for row in rows if row.split == "training"}
    assert sum(map(sum, about.transition_counts)) == clips - len(workflows)
    assert "rendered" in about.trained_on
    assert "rendered" in about.started_from
    assert about.object_masks is True
    release = find_release(variant, "lab-actions", "V", "hub", str(out))
    ModelStore().load(release)
    results = json.loads((out / "evaluation.json").read_text())
    card = (out / "README.md").read_text()
    assert [each["encoding"] for each in results] == ["V", "VG"]
    for each in results:
        testing = [row.label for row in rows if row.split == "testing"]
        assert each["clips"] == len(testing) == sum(sum(row.values()) for row in each["confusion"].values())
        assert f"| {each['encoding']} | as named | {each['clips']} | {each['f1']:.2f}" in card
        assert f"| {each['encoding']} | smoothed | {each['clips']} | {each['f1_settled']:.2f} |" in card
        low, high = each["f1_interval"] or (0, 1)
        assert low <= each["f1"] <= high
    stated = {
        each.dataset_config: each.metric_value for each in ModelCard.load(out / "README.md").data.eval_results
    }
    assert stated == {f"lab-actions-{each['encoding']}": round(each["f1"], 4) for each in results}
    for name in ("learning-curve", f"confusion-{variant}-lab-actions-VG", f"errors-{variant}-lab-actions-V"):
        assert 1000 < (out / "figures" / f"{name}.png").stat().st_size < 300_000
        assert f"figures/{name}.png" in card
    assert "real laboratory" in card
    assert "Its encoder started from videomae" in card
    assert f"    python -m pipelines finetune --variant {variant} --labels lab-actions" in card


@pytest.mark.usefixtures("unreported")
def test_bfloat16_on_disk_answers_as_the_weights_in_memory_do(manifest, tmp_path, monkeypatch):
    """A real T5 overflows in float16; what is stored in 16 bits and used in single precision must not."""
    kept, save = [], module._save

    def keep_and_save(learner, chosen, out):
        kept.append({name: weights.clone() for name, weights in learner.state_dict().items()})
        save(learner, chosen, out)

    monkeypatch.setattr(module, "_save", keep_and_save)
    train(manifest, tmp_path / "run", tmp_path / "out", variant_key="vi-lm")
    whole = {part: {} for part in ("encoder", "decoder", "projection")}
    for name, weights in kept[0].items():
        part, _, rest = name.partition(".")
        whole.setdefault(part, {})[rest] = weights
    for name, half in load_file(tmp_path / "out" / "decoder" / "model.safetensors").items():
        assert half.dtype == torch.bfloat16
        assert half.isfinite().all()
        assert torch.allclose(whole["decoder"][name], half.float(), rtol=4e-3, atol=1e-6)
    store, release = ModelStore(), find_release("vi-lm", "lab-actions", "V", "hub", str(tmp_path / "out"))
    clips = [clip for clip, _ in labelled_clips(manifest, rows_of(manifest, "training"))]

    def answers() -> list[str]:
        features = store.embed(release.feature_spec, clips)
        return [each.label for each in store.answer(release, features)]

    stored = answers()
    with store._head(release) as head, store._encoder(release.feature_spec) as encoder:
        encoder.model.load_state_dict(whole["encoder"])
        head.model.load_state_dict(whole["decoder"])
        head.projection.load_state_dict(whole["projection"])
    assert answers() == stored
    assert len(clips) > 10


def test_pretraining_resumes_and_leaves_an_encoder(manifest, pretrained, tmp_path, monkeypatch):
    def act():
        pretrain(manifest, "tiny", 3, tmp_path / "run", tmp_path / "out", epochs=3)

    interrupt(monkeypatch, act)
    act()
    pretrain(manifest, "tiny", 3, tmp_path / "whole", tmp_path / "other", epochs=3)
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("out", "other")]
    assert weights[0] == weights[1]
    about = ReleaseConfig.read(pretrained)
    assert about.trained_on == "rendered scenes"
    assert about.preset == "tiny"
    assert "rendered scenes" in (pretrained / "README.md").read_text()
    log = json.loads((pretrained / "log.json").read_text())
    assert log[-1]["loss"] < log[0]["loss"]
    before = make_encoder(SIZE)
    fresh = before.state_dict()["encoder.layer.0.attention.attention.query.weight"].clone()
    start_from(before, pretrained)
    now = before.state_dict()["encoder.layer.0.attention.attention.query.weight"]
    stored = VideoMAEForPreTraining.from_pretrained(pretrained, dtype=torch.float32).videomae.state_dict()
    assert (now != fresh).any()
    assert all((weights == before.state_dict()[name]).all() for name, weights in stored.items())


@pytest.mark.usefixtures("unreported")
def test_vi_lm_starts_from_vi_cl(manifest, tmp_path):
    train(manifest, tmp_path / "run", tmp_path / "vi-cl", epochs=1)
    encoder = make_encoder(SIZE)
    start_from(encoder, tmp_path / "vi-cl")
    stored = VideoMAEForVideoClassification.from_pretrained(tmp_path / "vi-cl", dtype=torch.float32).videomae
    own = encoder.state_dict()
    assert all((weights == own[name]).all() for name, weights in stored.state_dict().items())
    assert set(own) - set(stored.state_dict()) == {"layernorm.weight", "layernorm.bias"}


def test_an_encoder_of_another_size_is_refused(pretrained):
    with pytest.raises(WeightsMissing, match="hidden_size"):
        start_from(make_encoder(dataclasses.replace(SIZE, hidden=8)), pretrained)


@pytest.mark.usefixtures("unreported")
def test_loss_falls_on_a_few_clips(manifest, tmp_path, monkeypatch):
    monkeypatch.setitem(PRESETS, "tiny", tiny(learning_rate=3e-3, layer_decay=1.0))
    train(manifest, tmp_path / "run", tmp_path / "out", epochs=30)
    log = json.loads((tmp_path / "run" / "log.json").read_text())
    assert log[-1]["loss"] < log[0]["loss"] - 0.2


def test_what_cannot_be_trained_is_said(manifest, tmp_path):
    with pytest.raises(UnknownPreset, match="embedded"):
        finetune(manifest, LAB_ACTIONS, ("V",), "huge", 0, tmp_path, tmp_path)
    with pytest.raises(NotTrained, match="vi-lm"):
        finetune(manifest, LAB_ACTIONS, ("V",), "tiny", 0, tmp_path, tmp_path, "x-clip")


def test_without_true_masks_training_goes_on_without_them(tmp_path):
    out = tmp_path / "bench"
    bare = render("lab-actions", 12, 5, out, rate_hz=4, width=64, height=48, workflow_s=4, clips=False)
    train(bare, tmp_path / "run", tmp_path / "release")
    assert ReleaseConfig.read(tmp_path / "release").object_masks is False
    assert "true\nmasks" not in (tmp_path / "release" / "README.md").read_text()


def test_the_tokenizer_writes_labels_and_any_other_text():
    tokenizer, again = make_tokenizer(512), make_tokenizer(512)
    assert tokenizer.get_vocab() == again.get_vocab()
    for text in [label for each in LABEL_SETS for label in each.labels] + ["µ-pipette, 5 °C", "shakes it 測"]:
        tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert tokenizer.decode(tokens) == text
        assert tokenizer.unk_token_id not in tokens
    assert len(tokenizer("CollectLayer")["input_ids"]) <= 3


def test_the_deeper_a_layer_the_smaller_its_rate():
    encoder = make_encoder(SIZE)
    numbers = dataclasses.replace(PRESETS["embedded"].finetuning, learning_rate=1.0, layer_decay=0.5)
    holder = torch.nn.ModuleDict({"encoder": encoder, "decoder": make_writer(SIZE, make_tokenizer(300))})
    rates = {
        id(weights): group["lr"]
        for optimizer in loop.make_optimizers(holder, numbers)
        for group in optimizer.param_groups
        for weights in group["params"]
    }
    assert len(rates) == len(list(holder.parameters()))
    found = {name: rates[id(weights)] for name, weights in holder.named_parameters()}
    assert {rate for name, rate in found.items() if "patch_embeddings" in name} == {0.125}
    assert {rate for name, rate in found.items() if "encoder.encoder.layer.0" in name} == {0.25}
    assert {rate for name, rate in found.items() if "encoder.encoder.layer.1" in name} == {0.5}
    assert {rate for name, rate in found.items() if name.startswith("decoder")} == {1.0}


def test_muon_moves_the_matrices_of_stacked_layers_alone():
    holder = torch.nn.ModuleDict(
        {"encoder": make_encoder(SIZE), "decoder": make_writer(SIZE, make_tokenizer(300))}
    )
    names = {id(weights): name for name, weights in holder.named_parameters()}
    found = {
        type(optimizer).__name__: {
            names[id(weights)] for group in optimizer.param_groups for weights in group["params"]
        }
        for optimizer in loop.make_optimizers(holder, PRESETS["embedded"].finetuning)
    }
    assert set(found) == {"AdamW", "Muon"}
    assert all(re.search(r"(layer|block)\.\d", name) and "norm" not in name for name in found["Muon"])
    assert {"decoder.decoder.block.0.layer.0.SelfAttention.q.weight"} <= found["Muon"]
    assert {"decoder.shared.weight", "encoder.embeddings.patch_embeddings.projection.weight"} <= found[
        "AdamW"
    ]
    assert not any("relative_attention_bias" in name for name in found["Muon"])
    alone = loop.make_optimizers(holder, PRESETS["paper"].finetuning)
    assert [type(each).__name__ for each in alone] == ["AdamW"]


def test_the_paper_presets_are_the_papers():
    with torch.device("meta"):
        parameters = VideoMAEModel(videomae_config(PRESETS["paper"].size)).num_parameters()
    assert round(parameters / 1e6) in (86, 87)
    paper, other = PRESETS["paper"], PRESETS["paper-cosine"]
    pretraining, finetuning = paper.pretraining, paper.finetuning
    assert (pretraining.epochs, pretraining.batch, pretraining.learning_rate) == (10, 32, 1e-3)
    assert (finetuning.epochs, finetuning.batch, finetuning.learning_rate) == (60, 64, 3e-4)
    assert {pretraining.weight_decay, finetuning.weight_decay} == {0.01}
    assert pretraining.hidden == 0.9
    assert not pretraining.auxiliary
    assert not finetuning.auxiliary
    assert (other.pretraining.schedule, other.size) == ("cosine", paper.size)
