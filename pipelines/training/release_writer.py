"""What trainings of backbones have in common: their length, and what stands in a finished folder."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from encodings.clip import CLIP_S, RATE_HZ
from pipelines.training.architectures.videomae_t5 import MEAN, STD, empty
from pipelines.training.narrations import ENCODINGS, Narrated
from pipelines.training.text_overlap import largest_overlaps
from pipelines.training.trainer import hours
from zoo.release_config import ReleaseConfig

NOTES = """ It learnt from {clips} clips of everyday scenes and their narrations, {narrations} different
ones, and was shown neither a clip nor a label of the label sets."""


def save(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, side: int, out: Path) -> None:
    """Write weights in half precision, the tokenizer, and how pixels are wanted."""
    empty(out)
    model.half().save_pretrained(out)
    tokenizer.save_pretrained(out)
    settings = {
        "image_processor_type": "CLIPImageProcessor",
        "do_center_crop": False,
        "size": {"height": side, "width": side},
        "image_mean": MEAN,
        "image_std": STD,
    }
    (out / "preprocessor_config.json").write_text(json.dumps(settings, indent=2) + "\n")


def describe_backbone(
    out: Path, run: Path, backbone: str, training: Narrated, about: ReleaseConfig, notes: str = ""
) -> None:
    """Add to config.json what a backbone says of itself, and put the log of its run beside it."""
    clips, narrations = len(training.cache.labels), len(training.known)
    replace(
        about,
        backbone_name=backbone,
        encodings=ENCODINGS,
        clip_s=CLIP_S,
        rate_hz=RATE_HZ,
        trained_on="rendered scenes" if training.cache.kinds else "the recordings of its manifest",
        training_clips=clips,
        narrations=narrations,
        label_overlap=largest_overlaps([training.texts[place] for place in training.known]),
        object_masks=training.cache.objects is not None,
        hours=hours(json.loads((run / "log.json").read_text())),
        notes=NOTES.format(clips=clips, narrations=narrations) + notes,
    ).write(out)
    shutil.copyfile(run / "log.json", out / "log.json")


def with_epochs(chosen, training: Narrated, epochs: int | None):
    """A preset with as many epochs as its passes over the training clips make, or as are asked for."""
    whole = max(1, round(chosen.passes / len(training.cache.labels)))
    return replace(chosen, training=replace(chosen.training, epochs=epochs or whole))


def command(backbone: str, manifest: Path, about: ReleaseConfig, out: Path) -> str:
    """What to type to train a backbone again, files by their own names."""
    return (
        f"python -m pipelines pretrain --what {backbone} --preset {about.preset} "
        f"--epochs {about.epochs} --seed {about.seed} "
        f"--manifest {manifest.parent.name}/{manifest.name} --run RUN --out {out.name}"
    )
