"""Pre-train VideoMAE on a manifest: hidden tubes of patches are to be filled in."""

import shutil
from dataclasses import replace
from pathlib import Path

from transformers import VideoMAEForPreTraining, set_seed

from encodings.clip import CLIP_S, RATE_HZ
from pipelines.training.aside import Aside
from pipelines.training.cache import PixelCache, open_cache, with_objects
from pipelines.training.learners import Reconstructor
from pipelines.training.loop import train
from pipelines.training.models import describe_in, empty, videomae_config, write_pixels
from pipelines.training.presets import Preset, preset

CARD = """---
license: apache-2.0
library_name: transformers
---

# VideoMAE, pre-trained on {trained_on}

`VideoMAEForPreTraining`: in {clips} clips (4 s, 16 frames, painted as V) tubes over {share:.0%} of the
picture were hidden and their normalised pixels predicted. Preset `{preset}`, seed {seed}, {epochs} epochs;
the loss on the validation split was {loss:.3f}. What the clips were labelled with was not read.{aside}

It names nothing by itself: `python -m pipelines finetune --init` starts from it. Its training was
logged in `log.json`.
"""
ASIDE = """
Beside it the encoder learnt to name the objects in the patches it was shown, from the bench's true masks, and
to find the patch that the wearer looked at; those layers are no part of the weights."""


def pretrain(
    manifest: Path,
    preset_name: str,
    seed: int,
    run: Path,
    out: Path,
    cache: Path | None = None,
    epochs: int | None = None,
) -> None:
    """Train on the training split, keep the epoch of least loss on the validation split.

    Checkpoints and the log stay in `run`, where the same command resumes; painted clips in `cache`, or in
    `run`; `out` gets the weights in half precision.  Raises UnknownPreset, and what reading a manifest does.
    """
    chosen = preset(preset_name)
    if epochs is not None:
        chosen = replace(chosen, pretraining=replace(chosen.pretraining, epochs=epochs))
    set_seed(seed)
    training, validation = (
        open_cache(manifest, split, None, ("V",), chosen.size.side, cache or run)
        for split in ("training", "validation")
    )
    if chosen.pretraining.aside:
        training = with_objects(training, manifest, "training", chosen.size.tubelet, cache or run)
    model = VideoMAEForPreTraining(videomae_config(chosen.size))
    aside = make_aside(chosen, training) if chosen.pretraining.aside else None
    learner = Reconstructor(model, chosen.pretraining, aside)
    log = train(learner, training, validation, run, seed)
    empty(out)
    model.half().save_pretrained(out)
    write_pixels(chosen.size, out)
    shutil.copyfile(run / "log.json", out / "log.json")
    about = {
        "trained_on": trained_on(training),
        "training_clips": len(training.labels),
        "clip_s": CLIP_S,
        "rate_hz": RATE_HZ,
        "object_masks": training.objects is not None,
        "preset": preset_name,
        "seed": seed,
    }
    describe_in(out, about)
    losses = [entry[learner.measure] for entry in log]
    text = CARD.format(
        **about | {"clips": len(training.labels)},
        share=chosen.pretraining.hidden,
        epochs=len(losses),
        loss=min(losses),
        aside=ASIDE if aside else "",
    )
    (out / "README.md").write_text(text)


def make_aside(chosen: Preset, training: PixelCache) -> Aside:
    """The layers that learn on the side, fit for the truth that a cache carries."""
    size = chosen.size
    return Aside(size.hidden, size.patch, len(training.kinds), size.tubelet)


def trained_on(training: PixelCache) -> str:
    """Recordings that carry true masks were rendered; of others nothing is known."""
    return "rendered scenes" if training.kinds else "the recordings of its manifest"
