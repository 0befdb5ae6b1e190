"""The model card of a release, filled from what the release says of itself and what was measured."""

from pathlib import Path

from huggingface_hub import EvalResult, ModelCard, ModelCardData

from zoo.hub import describe
from zoo.releases import Release

TEXT = """---
{data}
---

# {title} · {labels}

{what}. It names the activity in 4 s clips (16 frames at 4 Hz) of egocentric video, painted as {encodings}.

**Trained on {trained_on}**: nothing here was measured on video of a real laboratory, and the
numbers below say nothing about one. Preset `{preset}`, seed {seed}, {clips} training clips,
each painted in one of the encodings at random, anew in every epoch.{masks}

## Measured on held-out wearers

The testing split of the same rendered bench: its wearers, benches and vessels are in no other split.

| encoding | clips | F1 (weighted) | workflows | ratio `names` | `symbols` | `strict` |
|---|---|---|---|---|---|---|
{rows}

Labels drawn at random, as often as the training split has them, reach an F1 of {chance:.2f}.

F1 by activity:

| activity | {columns} |
|---|{rules}|
{activities}

Licence: Apache-2.0. Made by `python -m pipelines render` and `finetune`, as the project's README gives them;
confusion matrices are in `evaluation.json`.
"""

MASKS = """
While it learnt the activities it also learnt to name the objects in every patch, from the bench's true
masks; that layer is no part of the release."""


def write_card(folder: Path, release: Release, results: list[dict], chance: float) -> None:
    """Write README.md into a release's folder.

    results are those of `evaluate`, one an encoding; chance is the F1 of a weighted random draw.
    """
    about = describe(folder)
    text = TEXT.format(
        data=_data(folder.name, release, results),
        title=release.variant.title,
        labels=release.labels.title,
        what=release.variant.what,
        encodings=" or ".join(release.encodings),
        trained_on=about["trained_on"],
        preset=about["preset"],
        seed=about["seed"],
        clips=about["training_clips"],
        masks=MASKS if about["object_masks"] else "",
        chance=chance,
        rows="\n".join(map(_row, results)),
        columns=" | ".join(result["encoding"] for result in results),
        rules="|".join("---" for _ in results),
        activities="\n".join(_activity(label, results) for label in release.labels.labels),
    )
    ModelCard(text).save(folder / "README.md")


def _data(name: str, release: Release, results: list[dict]) -> str:
    scores = [
        EvalResult(
            task_type="video-classification",
            dataset_type="rendered",
            dataset_name=f"rendered bench, {release.labels.title}, encoding {result['encoding']}",
            dataset_config=result["encoding"],
            dataset_split=result["split"],
            metric_type="f1",
            metric_name="F1 (weighted)",
            metric_value=round(result["f1"], 4),
        )
        for result in results
    ]
    return ModelCardData(
        license="apache-2.0",
        library_name="transformers",
        pipeline_tag="video-classification",
        model_name=name,
        eval_results=scores,
    ).to_yaml()


def _row(result: dict) -> str:
    ratios = " | ".join(
        f"{result['ratio'][name]:.2f} ± {result['ratio_ci'][name]:.2f}"
        for name in ("names", "symbols", "strict")
    )
    counted = f"{result['clips']} | {result['f1']:.2f} | {result['workflows']}"
    return f"| {result['encoding']} | {counted} | {ratios} |"


def _activity(label: str, results: list[dict]) -> str:
    scores = (result["per_activity"].get(label) for result in results)
    return f"| {label} | " + " | ".join("–" if s is None else f"{s:.2f}" for s in scores) + " |"
