"""What stands in the folder of a trained backbone besides its weights."""

import json
import shutil
from pathlib import Path

from encodings.clip import CLIP_S, RATE_HZ
from pipelines.training.narrations import ENCODINGS, Narrated

# ImageNet's mean and deviation.
PIXELS = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def write_pixel_settings(out: Path, side: int) -> None:
    """Write preprocessor_config.json."""
    settings = {
        "image_processor_type": "CLIPImageProcessor",
        "do_center_crop": False,
        "size": {"height": side, "width": side},
        "image_mean": PIXELS[0],
        "image_std": PIXELS[1],
    }
    (out / "preprocessor_config.json").write_text(json.dumps(settings, indent=2) + "\n")


NOTES = """ It learnt from {clips} clips of everyday scenes and their narrations, {narrations} different
ones, and was shown neither a clip nor a label of the label sets: words of the labels' texts have a place
in its vocabulary, and no more."""


def describe(
    out: Path, run: Path, backbone: str, training: Narrated, preset: str, seed: int, notes: str = ""
) -> None:
    """Add to config.json what a backbone says of itself, and put the log of its run beside it."""
    clips, narrations = len(training.cache.labels), len(training.known)
    about = {
        "backbone": backbone,
        "encodings": ENCODINGS,
        "clip_s": CLIP_S,
        "rate_hz": RATE_HZ,
        "trained_on": "rendered scenes",
        "narrations": narrations,
        "training_clips": clips,
        "object_masks": training.cache.objects is not None,
        "preset": preset,
        "seed": seed,
        "verb": "pretrain",
        "notes": NOTES.format(clips=clips, narrations=narrations) + notes,
    }
    add_about(out, about)
    shutil.copyfile(run / "log.json", out / "log.json")


def add_about(out: Path, about: dict) -> None:
    """Write our part of a config.json beside what is there."""
    path = out / "config.json"
    config = json.loads(path.read_text()) if path.is_file() else {}
    config["benchscribe"] = config.get("benchscribe", {}) | about
    path.write_text(json.dumps(config, indent=2) + "\n")
