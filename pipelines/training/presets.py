"""How a release is trained: every number of a run in one row."""

from dataclasses import dataclass

from encodings.errors import UserError


class UnknownPreset(UserError):
    """A preset that does not exist."""


@dataclass(frozen=True)
class Preset:
    """The size of a VideoMAE and the numbers of its training with AdamW, cosine decay after warm-up."""

    side: int  # px of the square input
    patch: int  # px
    tubelet: int  # frames
    hidden: int
    layers: int
    heads: int
    dropout: float
    epochs: int
    batch: int
    learning_rate: float
    weight_decay: float
    warmup: float  # share of the steps
    label_smoothing: float
    gradient_norm: float  # at most
    object_weight: float  # of naming the objects in each patch, beside naming the activity


PRESETS = {
    # Chosen for two CPU cores: 3.3 M parameters, about 20 ms a training clip.
    "embedded": Preset(96, 16, 4, 192, 6, 3, 0.0, 40, 16, 1e-3, 0.05, 0.1, 0.1, 1.0, 5.0),
}


def preset(name: str) -> Preset:
    """Look up a preset.  Raises UnknownPreset, which lists them."""
    if name not in PRESETS:
        raise UnknownPreset(f"There is no preset “{name}”; expected one of {', '.join(PRESETS)}.")
    return PRESETS[name]
