"""Train Vi-Cl or Vi-LM on a manifest, and leave behind a release that says how good it is."""

from dataclasses import replace
from pathlib import Path

from transformers import set_seed

from encodings.clip import CLIP_S, RATE_HZ
from encodings.errors import UserError
from encodings.names import encoding
from pipelines.evaluation.evaluate import count_transitions, label_counts
from pipelines.evaluation.report import report
from pipelines.training.architectures.videomae_t5 import (
    empty,
    make_classifier,
    make_encoder,
    make_tokenizer,
    make_writer,
    start_from,
    write_pixels,
)
from pipelines.training.clip_cache import PixelCache, open_cache, with_objects
from pipelines.training.config import Preset, preset
from pipelines.training.objectives.learners import Classifier, Writer
from pipelines.training.pretrain import make_auxiliary, trained_on
from pipelines.training.trainer import hours, train
from zoo.heads.t5 import save_decoder
from zoo.labels import LabelSet
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.variants import Variant, variant
from zoo.weights import Weights

TRAINED = ("vi-cl", "vi-lm")
BESIDE = " A linear classifier that learnt beside its decoder is no part of the release either."


class NotTrained(UserError):
    """A variant whose encoder nobody trains here."""


def finetune(
    manifest: Path,
    labels: LabelSet,
    encodings: tuple[str, ...],
    preset_name: str,
    seed: int,
    run: Path,
    out: Path,
    variant_key: str = "vi-cl",
    init: Path | None = None,
    cache: Path | None = None,
    epochs: int | None = None,
) -> None:
    """Train on the training split, choose the epoch on the validation split, report the testing split.

    init is a folder that `pretrain` left, or a release of Vi-Cl; epochs changes the preset's.
    Checkpoints and the log stay in `run`, where the same command resumes, painted clips in `cache`, or in
    `run`; `out` gets the release with weights in bfloat16, a model card and pictures.
    Raises UnknownPreset, UnknownEncoding, NotTrained, WeightsMissing, and what reading the manifest raises.
    """
    recipe, chosen = _trained(variant_key), preset(preset_name)
    if epochs is not None:
        chosen = replace(chosen, finetuning=replace(chosen.finetuning, epochs=epochs))
    for name in encodings:
        encoding(name)
    set_seed(seed)
    training, validation = (
        open_cache(manifest, split, labels, encodings, chosen.size.side, cache or run)
        for split in ("training", "validation")
    )
    if chosen.finetuning.auxiliary:
        training = with_objects(training, manifest, "training", chosen.size.tubelet, cache or run)
    learner = make_learner(recipe, chosen, labels, training, init)
    log = train(learner, training, validation, run, seed)
    _save(learner, chosen, out)
    past = ReleaseConfig.read(init) if init is not None else None
    ReleaseConfig(
        variant=recipe.key,
        labels=labels.key,
        encodings=encodings,
        clip_s=CLIP_S,
        rate_hz=RATE_HZ,
        trained_on=trained_on(training),
        training_clips=len(training.labels),
        training_labels=label_counts(manifest, labels),
        transition_counts=count_transitions(manifest, labels),
        object_masks=training.objects is not None,
        preset=preset_name,
        epochs=chosen.finetuning.epochs,
        hours=hours(log),
        notes=BESIDE if recipe.key == "vi-lm" and chosen.finetuning.auxiliary else "",
        seed=seed,
        command=_command(recipe, labels, encodings, preset_name, seed, manifest, out)
        + (f" --init {init.name}" if init else "")
        + (f" --epochs {epochs}" if epochs else ""),
        started_from=f"{init.name} ({past.training_clips} clips, {past.trained_on})" if init else "",
    ).write(out)
    release = Release(
        variant=recipe, labels=labels, encodings=encodings, tier="embedded", weights=Weights(str(out))
    )
    report(manifest, release, encodings, out, log)


def make_learner(
    recipe: Variant, chosen: Preset, labels: LabelSet, training: PixelCache, init: Path | None
) -> Classifier | Writer:
    """A variant with the pre-trained encoder, or a fresh one, ready to be trained."""
    auxiliary = make_auxiliary(chosen, training) if chosen.finetuning.auxiliary else None
    if recipe.key == "vi-cl":
        model = make_classifier(chosen.size, labels)
        learner = Classifier(model, chosen.finetuning, auxiliary)
    else:
        model, tokenizer = make_encoder(chosen.size), make_tokenizer(chosen.size.text_tokens)
        writer = make_writer(chosen.size, tokenizer)
        learner = Writer(model, writer, tokenizer, labels, chosen.finetuning, auxiliary)
    if init is not None:
        start_from(model, init)
    return learner


def _command(
    recipe: Variant,
    labels: LabelSet,
    encodings: tuple[str, ...],
    preset_name: str,
    seed: int,
    manifest: Path,
    out: Path,
) -> str:
    """What to type to train a release again, files by their own names."""
    return (
        f"python -m pipelines finetune --variant {recipe.key} --labels {labels.key} "
        f"--encodings {','.join(encodings)} --preset {preset_name} --seed {seed} "
        f"--manifest {manifest.parent.name}/{manifest.name} --run RUN --out {out.name}"
    )


def _trained(key: str) -> Variant:
    recipe = variant(key)
    if key not in TRAINED:
        raise NotTrained(
            f"{recipe.title} has no encoder of its own to train; expected {' or '.join(TRAINED)}."
        )
    return recipe


def _save(learner: Classifier | Writer, chosen: Preset, out: Path) -> None:
    empty(out)
    if isinstance(learner, Classifier):
        learner.model.bfloat16().save_pretrained(out)
    else:
        learner.bfloat16()
        learner.encoder.save_pretrained(out)
        save_decoder(out, learner.decoder, learner.projection, learner.tokenizer)
    write_pixels(chosen.size, out)
