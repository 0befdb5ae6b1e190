"""Pre-train VideoMAE on the clips of a manifest; its labels are not read."""

import math
import shutil
from dataclasses import replace

from transformers import VideoMAEForPreTraining, set_seed

from encodings.clip import CLIP_S, RATE_HZ
from pipelines.training.architectures.videomae_t5 import videomae_config
from pipelines.training.clip_cache import PixelCache, open_cache, with_objects
from pipelines.training.config import PretrainingRun, TrainingConfig, VideoMAEPreset, VideoMAESize
from pipelines.training.distributed import processes
from pipelines.training.objectives.auxiliary import AuxiliaryHeads
from pipelines.training.objectives.masked_autoencoder import MaskedAutoencoder
from pipelines.training.presets import VIDEOMAE_PRESETS, find_preset
from pipelines.training.release_writer import clear_folder, trained_on, write_preprocessing
from pipelines.training.trainer import LOG, train
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
AUXILIARY = """
With auxiliary losses the encoder also learnt to name the objects in the patches it was shown, from true
object masks, and to find the patch that the wearer looked at; those layers are no part of the weights."""


def pretrain(run: PretrainingRun) -> None:
    """Train on the training split, keep the epoch of least loss on the validation split.

    Raises UnknownPreset, TrainingDiverged, and what reading the manifest raises.
    """
    preset = find_preset(VIDEOMAE_PRESETS, run.preset)
    if run.epochs is not None:
        preset = replace(preset, pretraining=replace(preset.pretraining, epochs=run.epochs))
    set_seed(run.seed)
    training, validation = (
        open_cache(run.manifest, split, None, ("V",), preset.size.image_side, run.cache or run.folder)
        for split in ("training", "validation")
    )
    if preset.pretraining.auxiliary_weight:
        tubelet = preset.size.tubelet
        training = with_objects(training, run.manifest, "training", tubelet, run.cache or run.folder)
    model = VideoMAEForPreTraining(videomae_config(preset.size))
    auxiliary = make_auxiliary(preset.size, preset.pretraining, training)
    learner = MaskedAutoencoder(model, preset.pretraining, auxiliary)
    log = train(learner, training, validation, run.folder, run.seed)
    if processes().is_main_process:
        _write(run, preset, learner, training, log)


def make_auxiliary(size: VideoMAESize, config: TrainingConfig, training: PixelCache) -> AuxiliaryHeads | None:
    """Auxiliary heads for the targets of a cache, if the training wants them."""
    if not config.auxiliary_weight:
        return None
    return AuxiliaryHeads(size.hidden, size.patch, len(training.object_names), size.tubelet)


def _write(
    run: PretrainingRun,
    preset: VideoMAEPreset,
    learner: MaskedAutoencoder,
    training: PixelCache,
    log: list[dict],
) -> None:
    """Write weights in half precision, their log, and a card."""
    clear_folder(run.out)
    learner.model.half().save_pretrained(run.out)
    write_preprocessing(run.out, preset.size.image_side, "VideoMAEImageProcessor")
    shutil.copyfile(run.folder / LOG, run.out / LOG)
    config = ReleaseConfig(
        trained_on=trained_on(training),
        training_clips=len(training.labels),
        clip_s=CLIP_S,
        rate_hz=RATE_HZ,
        object_masks=training.objects is not None,
        preset=run.preset,
        seed=run.seed,
    )
    config.write(run.out)
    card = CARD.format(
        trained_on=config.trained_on,
        clips=config.training_clips,
        preset=run.preset,
        seed=run.seed,
        share=preset.pretraining.mask_ratio,
        epochs=len(log),
        loss=min(filter(math.isfinite, (entry[learner.metric] for entry in log))),
        auxiliary=AUXILIARY if learner.auxiliary else "",
    )
    (run.out / "README.md").write_text(card)
