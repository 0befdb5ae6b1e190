"""Video-LLaVA answers as transformers' own generate does, and sees a clip once for all questions."""

import json
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import VideoLlavaImageProcessor, VideoLlavaProcessor

from tests.support.tiny_releases import (
    SIDE,
    make_clips,
    write_videollava,
)
from zoo.device import host
from zoo.encoders import plans
from zoo.encoders.sentences import SentenceEncoder, first_sentence
from zoo.encoders.videollava import MAX_NEW_TOKENS, VideoLlavaEncoder
from zoo.hub.download import PACKAGED, fetch
from zoo.labels import LAB_ACTIONS
from zoo.model_store import ModelStore
from zoo.pixels import PixelSettings, pixel_values
from zoo.prompts import question_text
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights

QUESTIONS = (question_text("which", LAB_ACTIONS), question_text("what", LAB_ACTIONS))
FEW_TOKENS = 8 * 5  # 8 frames of 32 px in patches of 16, and a class token each
WHOLE = plans.Plan(False, torch.float32)


@pytest.fixture(scope="module")
def sentences() -> SentenceEncoder:
    return SentenceEncoder(fetch(PACKAGED), host())


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of a tiny release, and the model that was written to it."""
    folder = tmp_path_factory.mktemp("videollava")
    return folder, write_videollava(folder)


@pytest.fixture
def encoder(written, sentences) -> VideoLlavaEncoder:
    return VideoLlavaEncoder(written[0], sentences, host())


def release(folder) -> Release:
    """What the Hub tier would have, with the sentence model that needs no Hub."""
    return Release(
        variant=variant("video-llava"),
        labels=LAB_ACTIONS,
        encodings=("V",),
        tier="hub",
        weights=Weights(str(folder)),
        sentences=PACKAGED,
    )


def processed(question: str, side: int = SIDE, patch: int = 16) -> str:
    """The prompt as the processor's own expansion has it; the processor as a whole needs torchvision."""
    processor = SimpleNamespace(patch_size=patch, num_additional_image_tokens=1, video_token="<video>")
    video = {"pixel_values_videos": np.zeros((1, 8, 3, side, side))}
    expansion = VideoLlavaProcessor.replace_video_token(processor, video, 0)
    return f"USER: <video>\n{question} ASSISTANT:".replace("<video>", expansion)


def plainly(model, encoder, clip, question: str) -> str:
    """One clip, one question, nothing shared and nothing cut."""
    texts = encoder.tokenizer(processed(question), return_tensors="pt")
    out = model.generate(
        input_ids=texts["input_ids"],
        attention_mask=texts["attention_mask"],
        pixel_values_videos=pixel_values([clip], encoder.pixels)[:, ::2],
        do_sample=False,
        max_new_tokens=MAX_NEW_TOKENS,
    )
    return encoder.tokenizer.decode(out[0, texts["input_ids"].shape[1] :], skip_special_tokens=True)


def listen(encoder) -> tuple[list[int], list[int]]:
    """How many frames pass the tower at each call, and how many tokens the language model."""
    frames, tokens = [], []

    def note_frames(_, inputs, named):
        frames.append(len(inputs[0]))

    def note_tokens(_, inputs, named):
        tokens.append(named["inputs_embeds"].shape[1])

    encoder.model.model.video_tower.register_forward_pre_hook(note_frames, with_kwargs=True)
    encoder.model.model.language_model.register_forward_pre_hook(note_tokens, with_kwargs=True)
    return frames, tokens


def test_two_questions_are_answered_as_by_generate_and_see_the_clips_once(written, encoder):
    clips, (frames, tokens) = make_clips(3), listen(encoder)
    said = [encoder.embed(clips, question) for question in QUESTIONS]
    start = encoder.video_end(encoder.tokenize(QUESTIONS[0]))
    asked = [encoder.tokenize(question).shape[1] - start for question in QUESTIONS]
    assert frames == [3 * 8]
    assert [each for each in tokens if each > 1] == [start, *asked]  # the rest are the answers' own
    for question, features in zip(QUESTIONS, said, strict=True):
        wanted = [plainly(written[1], encoder, clip, question) for clip in clips]
        assert features.captions == tuple(map(first_sentence, wanted))
        assert len(set(features.captions)) > 1  # the clips do differ
        np.testing.assert_allclose(np.linalg.norm(features.vectors, axis=1), 1, atol=1e-5)
    assert said[0].captions != said[1].captions
    assert list(said[0].starts_s) == [0, 4, 8]


def test_only_what_was_made_of_the_last_clips_is_kept(encoder):
    clips, (frames, _) = make_clips(2), listen(encoder)
    before = encoder.memory()
    encoder.embed(clips, "What?")
    cache = encoder.prefix.cache
    text = encoder.config.text_config
    # Keys and values, layers, clips, numbers of all heads, tokens, bytes.
    taken = 2 * text.num_hidden_layers * 2 * text.hidden_size * cache.get_seq_length() * 4
    assert encoder.memory() - before == taken
    kept = weakref.ref(cache)
    del cache
    alike = make_clips(2)  # equal pixels, other clips: nobody compares pixels
    encoder.embed(alike, "What?")
    assert kept() is None
    encoder.embed(alike[:1], "What?")
    assert frames == [16, 16, 8]
    assert encoder.memory() - before == taken / 2


def test_a_failure_leaves_nothing_half_used(encoder):
    clips, question = make_clips(1), "What is done?"
    wanted = encoder.embed(clips, question).captions

    def fail(*_):
        raise MemoryError

    hook = encoder.model.lm_head.register_forward_pre_hook(fail)
    with pytest.raises(MemoryError):
        encoder.embed(clips, question)
    hook.remove()
    assert encoder.prefix is None
    assert encoder.embed(clips, question).captions == wanted


def test_the_prompt_is_the_processors(encoder):
    for question in QUESTIONS:
        ids = encoder.tokenize(question)[0].tolist()
        assert ids == encoder.tokenizer(processed(question))["input_ids"]
        assert ids.count(encoder.config.video_token_id) == encoder.video_tokens == FEW_TOKENS
        assert ids[0] == encoder.tokenizer.bos_token_id
        assert encoder.tokenizer.unk_token_id not in ids
    assert processed("", 224, 14).count("<video>") == 2056


def test_pixels_are_the_processors_where_nothing_is_squeezed(written):
    processor, (clip,) = VideoLlavaImageProcessor.from_pretrained(written[0]), make_clips(1, SIDE, SIDE)
    made = processor(list(clip.frames[::2]), return_tensors="pt")
    (wanted,) = made.values()
    ours = pixel_values([clip], PixelSettings.read(written[0]))[0, ::2]
    np.testing.assert_allclose(ours, wanted, atol=1e-5)


def test_no_answer_is_the_empty_text(tmp_path, sentences):
    """Also an endless one: the unknown token, again and again."""
    model = write_videollava(tmp_path)
    model.lm_head.weight.data.zero_()
    model.save_pretrained(tmp_path)
    encoder = VideoLlavaEncoder(tmp_path, sentences, host())
    _, tokens = listen(encoder)
    features = encoder.embed(make_clips(1), QUESTIONS[0])
    assert features.captions == ("",)
    assert len(tokens) == 1 + MAX_NEW_TOKENS
    np.testing.assert_allclose(features.vectors, sentences.embed_texts([""]), atol=1e-6)
    with pytest.raises(ValueError, match="prompt"):
        encoder.embed(make_clips(1))


def test_an_answer_ends_with_its_first_sentence(encoder):
    class Says:
        """A tokenizer that decodes anything to texts given."""

        def decode(self, ids, **_):
            return ["It stirs. Then", "It stirs 2.5 ml.", "", "\n", "It stirs\nit"]

    from zoo.encoders.videollava import SentenceEnd

    ended = SentenceEnd(Says(), 3)(torch.zeros(5, 9, dtype=torch.long), None)
    assert ended.tolist() == [True, False, False, False, True]


def test_half_on_disk_is_whole_on_the_processor(tmp_path, sentences):
    write_videollava(tmp_path).half().save_pretrained(tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["dtype"] == "float16"
    encoder = VideoLlavaEncoder(tmp_path, sentences, host())
    assert {each.dtype for each in encoder.model.parameters()} == {torch.float32}


def test_four_bit_answers_on_the_processor(tmp_path, sentences, monkeypatch):
    monkeypatch.setattr(plans, "LARGE", 0)
    model = write_videollava(tmp_path, text={"hidden_size": 64, "intermediate_size": 128})
    encoder = VideoLlavaEncoder(tmp_path, sentences, host())
    assert encoder.plan.four_bit
    held, linear = 0, 2 * (4 * 64 * 64 + 3 * 64 * 128)  # two layers: four squares, three to or from 128
    for name, module in encoder.model.named_modules():
        kind = type(module).__name__
        if kind == "Linear4bit":
            assert name.startswith("model.language_model.layers.")
            state = module.weight.quant_state
            assert (module.weight.dtype, state.quant_type, state.nested) == (torch.uint8, "nf4", True)
            held += module.weight.nbytes + state.absmax.nbytes + state.state2.absmax.nbytes
        assert kind != "Linear" or name.startswith(plans.NOT_QUANTISED)
    assert held == pytest.approx(linear * plans.NF4, rel=0.01)
    assert encoder.parameters() == sum(
        each.numel() for name, each in model.named_parameters() if "image_tower" not in name
    )
    clips = make_clips(1)
    said = [encoder.embed(clips, question).captions for question in QUESTIONS]
    encoder.prefix = None
    assert said[1] == encoder.embed(clips, QUESTIONS[1]).captions


def test_a_device_without_room_gets_one_sentence(written, monkeypatch):
    monkeypatch.setattr("zoo.encoders.videollava.free_memory", lambda device: 1000)
    with pytest.raises(plans.TooLittleMemory, match="needs"):
        ModelStore().load(release(written[0]))
