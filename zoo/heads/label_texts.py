"""X-CLIP's zero-shot head: the clip's vector against the label texts', as CLIP does (Radford et al. 2021)."""

from collections.abc import Callable
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerBase, XCLIPModel

from zoo.device import Compute
from zoo.encoders.pretrained import load_tokenizer
from zoo.encoders.xclip import read_model
from zoo.features import Features
from zoo.heads.classes import predict
from zoo.labels import LabelSet
from zoo.predictions import ClipPrediction
from zoo.releases import Release
from zoo.weights import Weights

VIDEO_SIDE = ("vision_model", "visual_projection", "mit", "prompts_visual_layernorm")


class LabelTextsHead:
    """Softmax over the scaled cosine of a clip and each label's text, which the clip's own tokens refine.

    The text tower runs once, when the head is loaded.
    """

    def __init__(self, model: XCLIPModel, tokenizer: PreTrainedTokenizerBase, labels: LabelSet) -> None:
        self.labels = labels.labels
        with torch.inference_mode():
            texts = tokenizer([each.text for each in labels.activities], padding=True, return_tensors="pt")
            inputs = {name: texts[name] for name in ("input_ids", "attention_mask")}
            self.texts = model.get_text_features(**inputs).pooler_output  # [labels, D]
        for part in (*VIDEO_SIDE, "text_model", "text_projection"):
            delattr(model, part)
        self.model = model

    @torch.inference_mode()
    def answer(self, features: Features) -> tuple[ClipPrediction, ...]:
        """One prediction a clip, in order."""
        videos, tokens = (torch.from_numpy(each).float() for each in (features.vectors, features.tokens))
        texts = self.texts.expand(len(videos), -1, -1)
        texts = texts + self.model.prompts_generator(texts, tokens)  # [N, labels, D]
        videos, texts = (each / each.norm(dim=-1, keepdim=True) for each in (videos, texts))
        logits = torch.einsum("bd,bkd->bk", videos, self.model.logit_scale.exp() * texts)
        return predict(features, logits.softmax(-1).numpy(), self.labels)

    def parameters(self) -> int:
        """How many weights it has besides the texts' vectors."""
        return self.model.num_parameters()

    def memory(self) -> int:
        """How many bytes they take."""
        return self.model.get_memory_footprint()


def load(release: Release, fetch: Callable[[Weights], Path], compute: Compute) -> LabelTextsHead:
    """Load the text side of a release's backbone and encode the labels.  Raises WeightsMissing."""
    folder = fetch(release.weights)
    return LabelTextsHead(read_model(folder), load_tokenizer(folder), release.labels)
