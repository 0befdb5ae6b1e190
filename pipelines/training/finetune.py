"""Train Vi-Cl or Vi-LM on a manifest, and leave behind a release that says how good it is."""

from dataclasses import replace
from pathlib import Path

from transformers import set_seed

from encodings.clip import CLIP_S, RATE_HZ
from encodings.errors import UserError
from encodings.names import encoding
from pipelines.evaluate import label_counts, label_follows
from pipelines.report import report
from pipelines.training.cache import PixelCache, open_cache, with_objects
from pipelines.training.learners import Classifier, Writer
from pipelines.training.loop import hours, train
from pipelines.training.models import (
    describe_in,
    empty,
    make_classifier,
    make_encoder,
    make_tokenizer,
    make_writer,
    start_from,
    write_pixels,
)
from pipelines.training.presets import Preset, preset
from pipelines.training.pretrain import make_aside, trained_on
from zoo.heads.t5 import save_decoder
from zoo.hub import describe
from zoo.labels import LabelSet
from zoo.releases import Release
from zoo.variants import Variant, variant
from zoo.weights import Weights

TRAINED = ("vi-cl", "vi-lm")
RATES = {"clip_s": CLIP_S, "rate_hz": RATE_HZ}
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
    if chosen.finetuning.aside:
        training = with_objects(training, manifest, "training", chosen.size.tubelet, cache or run)
    learner = make_learner(recipe, chosen, labels, training, init)
    log = train(learner, training, validation, run, seed)
    _save(learner, chosen, out)
    about = {
        "variant": recipe.key,
        "labels": labels.key,
        "encodings": encodings,
        **RATES,
        "trained_on": trained_on(training),
        "training_clips": len(training.labels),
        "training_labels": label_counts(manifest, labels),
        "follows": label_follows(manifest, labels),
        "object_masks": training.objects is not None,
        "preset": preset_name,
        "epochs": chosen.finetuning.epochs,
        "hours": hours(log),
        "notes": BESIDE if recipe.key == "vi-lm" and chosen.finetuning.aside else "",
        "seed": seed,
        "command": _command(recipe, labels, encodings, preset_name, seed, manifest, out)
        + (f" --init {init.name}" if init else "")
        + (f" --epochs {epochs}" if epochs else ""),
    }
    if init is not None:
        past = describe(init)
        about["started_from"] = f"{init.name} ({past.get('training_clips')} clips, {past.get('trained_on')})"
    describe_in(out, about)
    release = Release(recipe, labels, encodings, "embedded", Weights(str(out)))
    report(manifest, release, encodings, out, log)


def make_learner(
    recipe: Variant, chosen: Preset, labels: LabelSet, training: PixelCache, init: Path | None
) -> Classifier | Writer:
    """A variant with the pre-trained encoder, or a fresh one, ready to be trained."""
    aside = make_aside(chosen, training) if chosen.finetuning.aside else None
    if recipe.key == "vi-cl":
        model = make_classifier(chosen.size, labels)
        learner = Classifier(model, chosen.finetuning, aside)
    else:
        model, tokenizer = make_encoder(chosen.size), make_tokenizer(chosen.size.text_tokens)
        writer = make_writer(chosen.size, tokenizer)
        learner = Writer(model, writer, tokenizer, labels, chosen.finetuning, aside)
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
