"""Models and tokenizers of transformers, read from a folder: safetensors alone, whole or not at all."""

from pathlib import Path
from typing import TypeVar

import torch
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from zoo.weights import WeightsMissing, reading, require_files

Model = TypeVar("Model", bound=PreTrainedModel)

logging.disable_progress_bar()  # weights are read in a blink, and errors are one line on stderr


def load_pretrained(kind: type[Model], folder: Path, **settings: object) -> Model:
    """A folder's model in float32, or as `settings` of from_pretrained say, ready to answer.

    Attention is torch's scaled_dot_product_attention, which every architecture here supports.

    Raises WeightsMissing if a file is missing or broken, or lacks weights of the model.
    """
    if not (folder / "model.safetensors.index.json").is_file():  # of a model in several files
        require_files(folder, "model.safetensors")
    with reading(folder):
        model, report = kind.from_pretrained(
            folder,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
            **({"dtype": torch.float32, "attn_implementation": "sdpa"} | settings),
        )
    if lacking := sorted([*report["missing_keys"], *map(str, report["mismatched_keys"])]):
        raise WeightsMissing(
            f"{folder.name} is no whole {kind.__name__}: it lacks {lacking[0]} and {len(lacking) - 1} more; "
            "fetch or push it again."
        )
    return model.eval()


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """A folder's tokenizer.  Raises WeightsMissing if it is missing or broken."""
    with reading(folder):
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
