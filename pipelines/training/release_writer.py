"""Writes what a training finished: weights, preprocessing, and what the folder says of itself."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from encodings.clip import CLIP_S, RATE_HZ
from pipelines.training.clip_cache import PixelCache
from pipelines.training.config import IMAGE_MEAN, IMAGE_STD, FinetuningRun, PretrainingRun
from pipelines.training.narrations import ENCODINGS, NarratedClips
from pipelines.training.text_overlap import largest_overlaps
from pipelines.training.trainer import LOG, hours
from zoo.release_config import ReleaseConfig

NOTES = """ It learnt from {clips} clips of everyday scenes and their narrations, {narrations} different
ones, and was shown neither a clip nor a label of the label sets."""


def clear_folder(out: Path) -> None:
    """Make a folder, or remove from it what an earlier release left and the new one may not overwrite."""
    for name in ("decoder", "figures"):
        shutil.rmtree(out / name, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)


def write_preprocessing(out: Path, image_side: int, processor: str) -> None:
    """Write preprocessor_config.json: how the weights beside it want their pixels."""
    settings = {
        "image_processor_type": processor,
        "do_center_crop": False,
        "size": {"height": image_side, "width": image_side},
        "image_mean": IMAGE_MEAN,
        "image_std": IMAGE_STD,
    }
    (out / "preprocessor_config.json").write_text(json.dumps(settings, indent=2) + "\n")


def write_backbone(
    run: PretrainingRun,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    clips: NarratedClips,
    config: ReleaseConfig,
) -> None:
    """Write the folder of X-CLIP or Video-LLaVA, in half precision, with the log of its training.

    config has what only that training knows: its name, its epochs, its command, and further notes.
    """
    clear_folder(run.out)
    model.half().save_pretrained(run.out)
    tokenizer.save_pretrained(run.out)
    write_preprocessing(run.out, model.config.vision_config.image_size, "CLIPImageProcessor")
    count, narrations = len(clips.training.labels), len(clips.narrations.training)
    replace(
        config,
        encodings=ENCODINGS,
        clip_s=CLIP_S,
        rate_hz=RATE_HZ,
        trained_on=trained_on(clips.training),
        training_clips=count,
        narrations=narrations,
        label_overlap=largest_overlaps(clips.narrations.training_texts),
        object_masks=clips.training.objects is not None,
        preset=run.preset,
        hours=hours(json.loads((run.folder / LOG).read_text())),
        notes=NOTES.format(clips=count, narrations=narrations) + config.notes,
        seed=run.seed,
    ).write(run.out)
    shutil.copyfile(run.folder / LOG, run.out / LOG)


def trained_on(training: PixelCache) -> str:
    """Recordings with true masks are rendered; of others nothing is known."""
    return "rendered scenes" if training.object_names else "the recordings of its manifest"


def pretraining_command(run: PretrainingRun, model: str, epochs: int) -> str:
    """The command line that trains a backbone again, with files by their own names."""
    command = (
        f"python -m pipelines pretrain --what {model} --preset {run.preset} --epochs {epochs} "
        f"--seed {run.seed} --manifest {_name(run.manifest)} --run RUN --out {run.out.name}"
    )
    return command + (f" --vision {run.vision.name}" if run.vision else "")


def finetuning_command(run: FinetuningRun) -> str:
    """The command line that trains a release again, with files by their own names."""
    return (
        f"python -m pipelines finetune --variant {run.variant} --labels {run.labels.key} "
        f"--encodings {','.join(run.encodings)} --preset {run.preset} --seed {run.seed} "
        f"--manifest {_name(run.manifest)} --run RUN --out {run.out.name}"
        + (f" --init {run.init.name}" if run.init else "")
        + (f" --epochs {run.epochs}" if run.epochs else "")
    )


def _name(manifest: Path) -> str:
    return f"{manifest.parent.name}/{manifest.name}"
