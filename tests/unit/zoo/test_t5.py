"""Vi-LM scores labels as slow decoding without cache or trie would, and answers the most probable."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers.modeling_outputs import BaseModelOutput

from tests.support.tiny_releases import make_clips
from tests.support.tiny_releases import write_vi_lm as write
from zoo.features import Features
from zoo.heads.t5 import FOLDER, PROJECTION
from zoo.labels import LAB_ACTIONS, LAB_MOTION, match_label
from zoo.model_store import ModelStore
from zoo.releases import find_release
from zoo.weights import WeightsMissing


def make_features(count: int) -> Features:
    rng = np.random.default_rng(count)
    starts = np.arange(count) * 4.0
    tokens = rng.normal(0, 1, (count, 32, 24)).astype(np.float32)
    return Features(starts_s=starts, ends_s=starts + 4, vectors=tokens.mean(1), tokens=tokens)


def release(folder: Path, labels=LAB_ACTIONS):
    return find_release("vi-lm", labels.key, "V", "hub", str(folder))


@torch.inference_mode()
def slowly(decoder, projection, tokenizer, tokens: np.ndarray, labels) -> dict[str, float]:
    """How likely each label is, each text read whole by itself: no cache, no shared beginnings."""
    states = projection(torch.from_numpy(tokens)[None])
    texts = {label: [*tokenizer(label)["input_ids"], 1] for label in labels.labels}
    likely = dict.fromkeys(texts, 1.0)
    for label, written in texts.items():
        logits = decoder(
            encoder_outputs=BaseModelOutput(states),
            decoder_input_ids=torch.tensor([[0, *written[:-1]]]),
            use_cache=False,
        ).logits[0]  # [tokens, vocabulary]
        for place, token in enumerate(written):
            allowed = {each[place] for each in texts.values() if each[:place] == written[:place]}
            row = logits[place].exp()
            likely[label] *= float(row[token] / sum(row[each] for each in allowed))
    return likely


@pytest.mark.parametrize("labels", [LAB_ACTIONS, LAB_MOTION], ids=lambda each: each.key)
@pytest.mark.parametrize("seed", range(2))
def test_the_trie_finds_what_slow_decoding_finds(tmp_path, labels, seed):
    _, decoder, projection, tokenizer = write(tmp_path, seed)
    features = make_features(6)
    said = ModelStore().answer(release(tmp_path, labels), features)
    for each, tokens in zip(said, features.tokens, strict=True):
        wanted = slowly(decoder, projection, tokenizer, tokens, labels)
        assert each.scores == pytest.approx(wanted, abs=1e-5)
        assert list(each.scores) == list(labels.labels)
        assert sum(each.scores.values()) == pytest.approx(1)
        assert each.label == max(each.scores, key=each.scores.get)
        assert each.caption is None


@pytest.mark.parametrize(
    ("labels", "ways"), [(LAB_ACTIONS, {"A", "Measure"}), (LAB_MOTION, {"Development ("})]
)
def test_one_step_for_all_clips_and_all_that_lies_along_one_path(tmp_path, labels, ways):
    _, _, _, tokenizer = write(tmp_path)
    store, calls = ModelStore(), []
    with store._head(release(tmp_path, labels)) as head:
        head.model.register_forward_hook(lambda *_: calls.append(1))
        assert {tokenizer.decode(path).replace(" ", "") for path in head.paths} == {
            way.replace(" ", "") for way in ways
        }
    store.answer(release(tmp_path, labels), make_features(5))
    assert len(calls) == len(ways)


def test_free_text_is_what_generate_writes(tmp_path):
    _, decoder, projection, tokenizer = write(tmp_path, decoding="free")
    features = make_features(3)
    said = ModelStore().answer(release(tmp_path), features)
    for each, tokens in zip(said, features.tokens, strict=True):
        states = BaseModelOutput(projection(torch.from_numpy(tokens)[None]))
        written = decoder.generate(encoder_outputs=states, do_sample=False, max_new_tokens=30)[0]
        text = tokenizer.decode(written, skip_special_tokens=True).strip()
        assert each.caption == text
        assert each.label == match_label(text, LAB_ACTIONS)
        assert each.scores is None


def test_from_clips_to_labels(tmp_path):
    encoder, decoder, projection, tokenizer = write(tmp_path)
    clips = make_clips(2)
    store, asked = ModelStore(), release(tmp_path)
    features = store.embed(asked.feature_spec, clips)
    with store._encoder(asked.feature_spec) as ours:
        from zoo.pixels import pixel_values

        pixels = pixel_values(clips, ours.pixels)
    with torch.inference_mode():
        np.testing.assert_allclose(features.tokens, encoder(pixels).last_hidden_state, atol=1e-5)
    said = store.answer(asked, features)
    for each, tokens in zip(said, features.tokens, strict=True):
        wanted = slowly(decoder, projection, tokenizer, tokens, LAB_ACTIONS)
        assert each.scores == pytest.approx(wanted, abs=1e-5)


def truncate(folder: Path) -> None:
    path = folder / FOLDER / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    "harm",
    [
        truncate,
        lambda folder: (folder / FOLDER / PROJECTION).unlink(),
        lambda folder: (folder / FOLDER / "tokenizer.json").unlink(),
        lambda folder: (folder / FOLDER / "config.json").write_text("{"),
    ],
)
def test_harmed_parts_get_one_sentence(tmp_path, harm):
    write(tmp_path)
    harm(tmp_path)
    with pytest.raises(WeightsMissing) as caught:
        ModelStore().load(release(tmp_path))
    assert "\n" not in str(caught.value)
