"""Pre-train VideoMAE on a manifest: hidden tubes of patches are to be filled in."""

import shutil
from dataclasses import replace
from pathlib import Path

from transformers import VideoMAEForPreTraining, set_seed

from encodings.clip import CLIP_S, RATE_HZ
from pipelines.training.architectures.videomae_t5 import empty, videomae_config, write_pixels
from pipelines.training.clip_cache import PixelCache, open_cache, with_objects
from pipelines.training.config import Preset, preset
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from pipelines.training.objectives.learners import Reconstructor
from pipelines.training.trainer import train
from zoo.release_config import ReleaseConfig

CARD = """---
license: apache-2.0
library_name: transformers
---

# VideoMAE, pre-trained on {trained_on}

`VideoMAEForPreTraining`: in {clips} clips (4 s, 16 frames, painted as V) tubes over {share:.0%} of the
picture were hidden and their normalised pixels predicted. Preset `{preset}`, seed {seed}, {epochs} epochs;
the loss on the validation split was {loss:.3f}. What the clips were labelled with was not read.{auxiliary}

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
    if chosen.pretraining.auxiliary:
        training = with_objects(training, manifest, "training", chosen.size.tubelet, cache or run)
    model = VideoMAEForPreTraining(videomae_config(chosen.size))
    auxiliary = make_auxiliary(chosen, training) if chosen.pretraining.auxiliary else None
    learner = Reconstructor(model, chosen.pretraining, auxiliary)
    log = train(learner, training, validation, run, seed)
    empty(out)
    model.half().save_pretrained(out)
    write_pixels(chosen.size, out)
    shutil.copyfile(run / "log.json", out / "log.json")
    about = ReleaseConfig(
        trained_on=trained_on(training),
        training_clips=len(training.labels),
        clip_s=CLIP_S,
        rate_hz=RATE_HZ,
        object_masks=training.objects is not None,
        preset=preset_name,
        seed=seed,
    )
    about.write(out)
    losses = [entry[learner.measure] for entry in log]
    text = CARD.format(
        trained_on=about.trained_on,
        clips=about.training_clips,
        preset=preset_name,
        seed=seed,
        share=chosen.pretraining.hidden,
        epochs=len(losses),
        loss=min(losses),
        auxiliary=ASIDE if auxiliary else "",
    )
    (out / "README.md").write_text(text)


def make_auxiliary(chosen: Preset, training: PixelCache) -> AuxiliaryHeads:
    """The layers that learn on the side, fit for the truth that a cache carries."""
    size = chosen.size
    return AuxiliaryHeads(size.hidden, size.patch, len(training.kinds), size.tubelet)


def trained_on(training: PixelCache) -> str:
    """Recordings that carry true masks were rendered; of others nothing is known."""
    return "rendered scenes" if training.kinds else "the recordings of its manifest"
