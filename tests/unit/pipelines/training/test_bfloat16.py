"""Weights on disk have 16 bits, and answer as those in memory do."""

import torch
from safetensors.torch import load_file

from pipelines.datasets.clips import labelled_clips, rows_of
from pipelines.training import finetune as finetuning
from pipelines.training.finetune import finetune
from tests.support.tiny_training import finetuning_run
from zoo.model_store import ModelStore
from zoo.releases import find_release


def test_bfloat16_on_disk_answers_as_the_weights_in_memory_do(lab, pixels, tmp_path, monkeypatch):
    """A real T5 overflows in float16; what is stored in 16 bits and used in single precision must not."""
    kept, write = [], finetuning.write_weights

    def keep_and_write(learner, preset, run):
        kept.append({name: weights.clone() for name, weights in learner.state_dict().items()})
        write(learner, preset, run)

    monkeypatch.setattr(finetuning, "write_weights", keep_and_write)
    monkeypatch.setattr(finetuning, "report", lambda *_: None)
    finetune(finetuning_run(lab, tmp_path / "run", tmp_path / "out", cache=pixels, variant="vi-lm"))
    whole = {part: {} for part in ("encoder", "decoder", "projection")}
    for name, weights in kept[0].items():
        part, _, rest = name.partition(".")
        whole.setdefault(part, {})[rest] = weights
    for name, half in load_file(tmp_path / "out" / "decoder" / "model.safetensors").items():
        assert half.dtype == torch.bfloat16
        assert half.isfinite().all()
        assert torch.allclose(whole["decoder"][name], half.float(), rtol=4e-3, atol=1e-6)
    store, release = ModelStore(), find_release("vi-lm", "lab-actions", "V", "hub", str(tmp_path / "out"))
    clips = [clip for clip, _ in labelled_clips(lab, rows_of(lab, "training"))]

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
