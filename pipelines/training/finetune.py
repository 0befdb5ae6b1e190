"""Fine-tune Vi-Cl or Vi-LM on the labels of a manifest, and write a measured release."""

from dataclasses import replace

from transformers import set_seed

from encodings.clip import CLIP_S, RATE_HZ
from encodings.errors import UserError
from encodings.names import encoding
from pipelines.evaluation.evaluate import count_transitions, label_counts
from pipelines.evaluation.report import report
from pipelines.training.architectures.videomae_t5 import (
    initialise_encoder,
    make_classifier,
    make_encoder,
    make_t5,
    make_tokenizer,
)
from pipelines.training.clip_cache import PixelCache, open_cache, with_objects
from pipelines.training.config import FinetuningRun, VideoMAEPreset
from pipelines.training.distributed import processes
from pipelines.training.objectives.classifier import Classifier
from pipelines.training.objectives.label_decoder import LabelDecoder
from pipelines.training.presets import VIDEOMAE_PRESETS, find_preset
from pipelines.training.pretrain import make_auxiliary
from pipelines.training.release_writer import (
    clear_folder,
    finetuning_command,
    trained_on,
    write_preprocessing,
)
from pipelines.training.trainer import hours, train
from zoo.heads.t5 import save_decoder
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.variants import Variant, variant
from zoo.weights import Weights

TRAINABLE = ("vi-cl", "vi-lm")
AUXILIARY_CLASSIFIER = " A linear classifier that learnt beside its decoder is no part of the release either."


class NotTrained(UserError):
    """A variant whose encoder is not trained here."""


def finetune(run: FinetuningRun) -> None:
    """Train on the training split, choose the epoch on the validation split, report the testing split.

    The release has its weights in bfloat16, a model card and figures.  Raises UnknownPreset, UnknownEncoding,
    NotTrained, TrainingDiverged, WeightsMissing, and what reading the manifest raises.
    """
    recipe, preset = _trainable(run.variant), find_preset(VIDEOMAE_PRESETS, run.preset)
    if run.epochs is not None:
        preset = replace(preset, finetuning=replace(preset.finetuning, epochs=run.epochs))
    for name in run.encodings:
        encoding(name)
    set_seed(run.seed)
    folder, side = run.cache or run.folder, preset.size.image_side
    training, validation = (
        open_cache(run.manifest, split, run.labels, run.encodings, side, folder)
        for split in ("training", "validation")
    )
    if preset.finetuning.auxiliary_weight:
        training = with_objects(training, run.manifest, "training", preset.size.tubelet, folder)
    learner = make_learner(run, preset, training)
    log = train(learner, training, validation, run.folder, run.seed)
    if not processes().is_main_process:
        return
    write_weights(learner, preset, run)
    _describe(run, preset, training, log).write(run.out)
    release = Release(
        variant=recipe,
        labels=run.labels,
        encodings=run.encodings,
        tier="embedded",
        weights=Weights(str(run.out)),
    )
    report(run.manifest, release, run.encodings, run.out, log)


def make_learner(
    run: FinetuningRun, preset: VideoMAEPreset, training: PixelCache
) -> Classifier | LabelDecoder:
    """The variant with a pre-trained encoder, or a fresh one."""
    size, config = preset.size, preset.finetuning
    auxiliary = make_auxiliary(size, config, training)
    if run.variant == "vi-cl":
        encoder = make_classifier(size, run.labels)
        learner = Classifier(encoder, config, auxiliary)
    else:
        encoder, tokenizer = make_encoder(size), make_tokenizer(size.vocabulary)
        decoder = make_t5(size, tokenizer)
        learner = LabelDecoder(encoder, decoder, tokenizer, run.labels, config, auxiliary)
    if run.init is not None:
        initialise_encoder(encoder, run.init)
    return learner


def write_weights(learner: Classifier | LabelDecoder, preset: VideoMAEPreset, run: FinetuningRun) -> None:
    """Write weights in bfloat16, and how they want their pixels."""
    clear_folder(run.out)
    if isinstance(learner, Classifier):
        learner.model.bfloat16().save_pretrained(run.out)
    else:
        learner.bfloat16()
        learner.encoder.save_pretrained(run.out)
        save_decoder(run.out, learner.decoder, learner.projection, learner.tokenizer)
    write_preprocessing(run.out, preset.size.image_side, "VideoMAEImageProcessor")


def _describe(
    run: FinetuningRun, preset: VideoMAEPreset, training: PixelCache, log: list[dict]
) -> ReleaseConfig:
    """What the release says of itself."""
    started_from = ""
    if run.init is not None:
        init = ReleaseConfig.read(run.init)
        started_from = f"{run.init.name} ({init.training_clips} clips, {init.trained_on})"
    has_classifier = run.variant == "vi-lm" and preset.finetuning.auxiliary_weight
    return ReleaseConfig(
        variant=run.variant,
        labels=run.labels.key,
        encodings=run.encodings,
        clip_s=CLIP_S,
        rate_hz=RATE_HZ,
        trained_on=trained_on(training),
        training_clips=len(training.labels),
        training_labels=label_counts(run.manifest, run.labels),
        transition_counts=count_transitions(run.manifest, run.labels),
        object_masks=training.objects is not None,
        preset=run.preset,
        epochs=preset.finetuning.epochs,
        hours=hours(log),
        notes=AUXILIARY_CLASSIFIER if has_classifier else "",
        seed=run.seed,
        command=finetuning_command(run),
        started_from=started_from,
    )


def _trainable(key: str) -> Variant:
    recipe = variant(key)
    if key not in TRAINABLE:
        raise NotTrained(
            f"{recipe.title} has no encoder of its own to train; expected {' or '.join(TRAINABLE)}."
        )
    return recipe
