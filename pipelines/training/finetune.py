"""Train Vi-Cl on a manifest, and leave behind a release that says how good it is."""

import json
from pathlib import Path

from transformers import VideoMAEConfig, VideoMAEForVideoClassification, set_seed

from encodings.clip import CLIP_S, FRAMES, RATE_HZ
from encodings.names import encoding
from pipelines.report import report
from pipelines.training.cache import PixelCache, open_cache, with_objects
from pipelines.training.loop import Learner, Run
from pipelines.training.presets import Preset, preset
from zoo.labels import LabelSet
from zoo.pixels import PixelSettings
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights

VARIANT = variant("vi-cl")
# ImageNet's, which VideoMAE's own preprocessing uses.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def finetune(
    manifest: Path,
    labels: LabelSet,
    encodings: tuple[str, ...],
    preset_name: str,
    seed: int,
    run: Path,
    out: Path,
) -> None:
    """Train on the training split, choose the epoch on the validation split, report the testing split.

    Where the recordings carry their true object masks, naming them in every patch is learnt on the side.
    Checkpoints and the log stay in `run`, where the same command resumes; `out` gets the release
    with half precision weights and a model card.  Raises UnknownPreset, UnknownEncoding, and what
    reading the manifest raises.
    """
    chosen = preset(preset_name)
    for name in encodings:
        encoding(name)
    set_seed(seed)
    training, validation = (
        open_cache(manifest, split, labels, encodings, chosen.side, run)
        for split in ("training", "validation")
    )
    training = with_objects(training, manifest, "training", chosen.tubelet, run)
    model = VideoMAEForVideoClassification(_config(chosen, labels))
    learner = Learner(model, chosen, len(training.kinds))
    steps = chosen.epochs * -(-len(training.labels) // chosen.batch)
    Run(learner, steps, run).train(training, validation, PixelSettings(chosen.side, MEAN, STD), seed)
    _save(model, chosen, out)
    _describe(out, labels, encodings, preset_name, seed, training)
    _report(manifest, labels, encodings, run, out)


def _config(chosen: Preset, labels: LabelSet) -> VideoMAEConfig:
    return VideoMAEConfig(
        image_size=chosen.side,
        patch_size=chosen.patch,
        tubelet_size=chosen.tubelet,
        num_frames=FRAMES,
        hidden_size=chosen.hidden,
        num_hidden_layers=chosen.layers,
        num_attention_heads=chosen.heads,
        intermediate_size=4 * chosen.hidden,
        hidden_dropout_prob=chosen.dropout,
        id2label=dict(enumerate(labels.labels)),
        label2id={label: place for place, label in enumerate(labels.labels)},
    )


def _save(model: VideoMAEForVideoClassification, chosen: Preset, out: Path) -> None:
    model.half().save_pretrained(out)
    pixels = {
        "image_processor_type": "VideoMAEImageProcessor",
        "do_center_crop": False,
        "size": {"height": chosen.side, "width": chosen.side},
        "image_mean": MEAN,
        "image_std": STD,
    }
    (out / "preprocessor_config.json").write_text(json.dumps(pixels, indent=2) + "\n")


def _describe(
    out: Path, labels: LabelSet, encodings: tuple[str, ...], preset_name: str, seed: int, training: PixelCache
) -> None:
    """Add to config.json what a release says of itself."""
    path = out / "config.json"
    config = json.loads(path.read_text())
    config["benchscribe"] = {
        "variant": VARIANT.key,
        "labels": labels.key,
        "encodings": encodings,
        "clip_s": CLIP_S,
        "rate_hz": RATE_HZ,
        "trained_on": "rendered scenes",
        "training_clips": len(training.labels),
        "object_masks": training.objects is not None,
        "preset": preset_name,
        "seed": seed,
    }
    path.write_text(json.dumps(config, indent=2) + "\n")


def _report(manifest: Path, labels: LabelSet, encodings: tuple[str, ...], run: Path, out: Path) -> None:
    """Measure the release as saved, through the path that a visitor's recording takes."""
    release = Release(VARIANT, labels, encodings, "embedded", Weights(str(out)))
    report(manifest, release, encodings, out, json.loads((run / "log.json").read_text()))
