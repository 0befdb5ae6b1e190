"""Sentence embeddings of captions and of the label texts they are compared with."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer
from torch.nn.functional import normalize

from zoo.device import Compute
from zoo.weights import reading

MAX_CHARACTERS = 400  # of a sentence; an endless one is cut
CACHED_SENTENCES = 10_000  # vectors of 384 numbers: 15 MB


class SentenceEncoder:
    """sentence-transformers' model of a folder: vectors [N, D] of length 1.

    Each distinct sentence is embedded once, alone, and its vector is reused: neither padding nor what
    else is in a batch changes a bit of it.
    """

    def __init__(self, folder: Path, compute: Compute) -> None:
        with reading(folder):
            self.model = model = SentenceTransformer(
                str(folder), device=str(compute.device), local_files_only=True, trust_remote_code=False
            ).to(compute.dtype)

        @lru_cache(CACHED_SENTENCES)
        def vector(sentence: str) -> np.ndarray:
            vectors = model.encode([sentence], convert_to_tensor=True, show_progress_bar=False)
            return normalize(vectors.float())[0].cpu().numpy()

        self._vector = vector  # refers to the model, not to self: no reference cycle keeps weights alive

    def embed_texts(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors [N, D] float32 of N texts' first sentences; an empty text has a vector like any other."""
        return np.stack([self._vector(first_sentence(text)) for text in texts])


def first_sentence(text: str) -> str:
    """The text up to its first full stop, question or exclamation mark, or line break."""
    text = text.strip()
    ends = [place for mark in (". ", "? ", "! ", "\n") if (place := text.find(mark)) >= 0]
    return text[: min(ends, default=len(text))].strip(" .?!\n")[:MAX_CHARACTERS]
