"""The paper's architectures at full size, written in the Hub's layout, answer as transformers' own do.

Fresh weights: that the right classes load whole and are called rightly does not depend on what they learnt.
"""

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, T5ForConditionalGeneration, VideoMAEForVideoClassification, XCLIPModel
from transformers.modeling_outputs import BaseModelOutput

from encodings.clip import Clip
from pipelines.benchmarks.paper_size import SIDE, write_vi_cl, write_vi_lm, write_xclip
from pipelines.evaluation.published import TABLE_3
from zoo.heads.t5 import FOLDER, PROJECTION, tokenize_label
from zoo.labels import LAB_ACTIONS
from zoo.model_store import ModelStore
from zoo.pixels import PixelSettings, pixel_values
from zoo.releases import find_release


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Vi-Cl, Vi-LM and X-CLIP; the first two have one encoder's weights, and one direct pass."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("paper-size")
    model = write_vi_cl(folder / "vi-cl", LAB_ACTIONS)
    write_vi_lm(folder / "vi-lm", LAB_ACTIONS, model.videomae)
    write_xclip(folder / "x-clip", LAB_ACTIONS)
    return folder


@pytest.fixture(scope="module")
def clip() -> Clip:
    frames = np.random.default_rng(0).integers(0, 256, (16, SIDE, SIDE, 3), dtype=np.uint8)
    return Clip(frames=frames, start_s=0.0, end_s=4.0)


def ours(folder, key: str, clip: Clip):
    """Through our path: the answer, the features, and how many weights encoder and head hold."""
    release, store = find_release(key, "lab-actions", "V", "hub", str(folder / key)), ModelStore()
    features = store.embed(release.feature_spec, [clip])
    with store._encoder(release.feature_spec) as encoder, store._head(release) as head:
        parameters = {"encoder": encoder.parameters(), "head": head.parameters()}
    return store.answer(release, features)[0], features, parameters


@pytest.fixture(scope="module")
def direct(folder, clip):
    """VideoMAE's tokens and Vi-Cl's scores by transformers alone."""
    model = VideoMAEForVideoClassification.from_pretrained(folder / "vi-cl").eval()
    pixels = pixel_values([clip], PixelSettings.read(folder / "vi-cl"))
    with torch.inference_mode():
        tokens = model.videomae(pixels).last_hidden_state
        logits = model.classifier(model.fc_norm(tokens.mean(1)))
    return tokens, logits.softmax(-1)[0].numpy()


def millions(count: int) -> str:
    return f"{count / 1e6:.0f}M"


def test_vi_cl(folder, clip, direct):
    """86.2 M with 8 labels; the paper's 87 M is VideoMAE-base with its 400 Kinetics labels, 86.5 M."""
    prediction, _, parameters = ours(folder, "vi-cl", clip)
    np.testing.assert_allclose(list(prediction.scores.values()), direct[1], atol=1e-5)
    assert prediction.label == LAB_ACTIONS.labels[direct[1].argmax()]
    assert parameters["encoder"] == 86_233_352  # the classifier's 6152 among them
    assert parameters["head"] == 768 * 8 + 8
    with_kinetics = parameters["encoder"] + 392 * 769
    assert millions(with_kinetics) == TABLE_3["vi-cl"].parameters


def test_vi_lm(folder, clip, direct):
    """147 M: the encoder, T5-small, and the layer between them."""
    prediction, features, parameters = ours(folder, "vi-lm", clip)
    np.testing.assert_allclose(features.tokens, direct[0], atol=1e-4)
    assert features.tokens.shape == (1, 1568, 768)
    assert prediction.label == generated(folder / "vi-lm" / FOLDER, direct[0])
    assert millions(sum(parameters.values())) == TABLE_3["vi-lm"].parameters


def generated(folder, tokens: torch.Tensor) -> str:
    """What transformers' own `generate` writes when only the labels are allowed."""
    from safetensors.torch import load_file

    decoder = T5ForConditionalGeneration.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    layer = load_file(folder / PROJECTION)
    spelled = {tuple(tokenize_label(tokenizer, label)): label for label in LAB_ACTIONS.labels}

    def allowed(_, written: torch.Tensor) -> list[int]:
        done = tuple(written.tolist()[1:])
        return [each[len(done)] for each in spelled if each[: len(done)] == done and len(each) > len(done)]

    with torch.inference_mode():
        states = BaseModelOutput(tokens @ layer["weight"].T + layer["bias"])
        (tokens_out,) = decoder.generate(
            encoder_outputs=states, prefix_allowed_tokens_fn=allowed, do_sample=False, max_new_tokens=30
        )
    return spelled[tuple(tokens_out.tolist()[1:])]


def test_x_clip(folder, clip):
    """197 M in all, as the paper has it.

    Its Table 3 says 123 M, which is the vision tower alone; a clip passes through 127 M, the projections and
    the transformer over the frames among them.
    """
    prediction, features, parameters = ours(folder, "x-clip", clip)
    model = XCLIPModel.from_pretrained(folder / "x-clip").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder / "x-clip")
    texts = tokenizer([each.text for each in LAB_ACTIONS.activities], padding=True, return_tensors="pt")
    pixels = pixel_values([clip], PixelSettings.read(folder / "x-clip"))[:, ::2]
    with torch.inference_mode():
        whole = model(texts["input_ids"], pixels, texts["attention_mask"])
    want = whole.logits_per_video.softmax(-1)[0].numpy()
    np.testing.assert_allclose(list(prediction.scores.values()), want, atol=1e-5)
    np.testing.assert_allclose(
        features.vectors, model.get_video_features(pixels).pooler_output.detach(), atol=1e-5
    )
    assert millions(model.num_parameters()) == "197M"
    assert millions(parameters["encoder"]) == "127M"
    assert millions(model.vision_model.num_parameters()) == TABLE_3["x-clip-rf"].parameters
