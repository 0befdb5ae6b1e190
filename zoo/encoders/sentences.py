"""Sentences to vectors, for captions and for the labels they are compared with."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

MOST_CHARACTERS = 400  # of a sentence; an endless one is cut


class SentenceEncoder:
    """sentence-transformers' model of a folder: vectors [N, D] of length 1."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        self.model = SentenceTransformer(
            str(folder), device=str(device), local_files_only=True, trust_remote_code=False
        )

    def embed_texts(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors [N, D] float32 of N texts' first sentences; an empty text has a vector like any other."""
        return self.model.encode(
            [first_sentence(text) for text in texts],
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        ).astype(np.float32)


def first_sentence(text: str) -> str:
    """The text up to its first full stop, question or exclamation mark, or line break."""
    text = text.strip()
    ends = [place for mark in (". ", "? ", "! ", "\n") if (place := text.find(mark)) >= 0]
    return text[: min(ends, default=len(text))].strip(" .?!\n")[:MOST_CHARACTERS]
