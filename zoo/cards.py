"""The model card of a release, filled from what the release says of itself and what was measured."""

from collections.abc import Sequence
from pathlib import Path

from huggingface_hub import EvalResult, ModelCard, ModelCardData

from zoo.release_config import ReleaseConfig
from zoo.releases import Release

TEXT = """---
{data}
---

# {title} · {labels}

{what}. It names the activity in 4 s clips (16 frames at 4 Hz) of egocentric video, painted as {encodings}.

**Trained on {trained_on}**: nothing here was measured on video of a real laboratory, and the
numbers below say nothing about one.{training}

## Measured on held-out wearers

The testing split of the same rendered bench: its wearers, benches and vessels are in no other split.

{tables}
{figures}
## How it was made
{commands}
Licence: Apache-2.0. Confusion matrices are in `evaluation.json`; the manifest's clips were rendered by
`python -m pipelines render`, as the project's README gives it.
"""

TABLE = """{heading}| encoding | clips | F1 (weighted) | 95 % | workflows | `names` | `symbols` | `strict` |
|---|---|---|---|---|---|---|---|
{rows}

Labels drawn at random, as often as the training split has them, reach an F1 of {chance:.2f}. The 95 %
interval of F1 is a bootstrap over workflows. `names`, `symbols` and `strict` are Levenshtein ratios of
workflows, each with half its own interval.{settled}

F1 by activity:

| activity | {columns} |
|---|{rules}|
{activities}
"""

MASKS = """
While it learnt its task it also learnt to name the objects in every patch, from the bench's true
masks, and to find the patch that the wearer looked at; those layers are no part of the release."""

SETTLED = """

F1 is that of the labels the model gave each clip by itself. In a workflow each clip's scores are weighed with
those of the clips around it and with how often each label follows each in the training split; the numbers in
brackets are what F1 would be with those labels, and the ratios without them, by the paper's rules alone. The
order of activities is that of the rendered procedures: where a lab works in another order it helps less."""

CAPTIONS = {
    "learning-curve": "Learning curve",
    "confusion": "Counts by true label (rows) and answered label",
    "errors": "Wrong answers with the highest score",
}


def write_card(
    folder: Path, used: Sequence[Release], results: Sequence[dict], figures: Sequence[str] = ()
) -> None:
    """Write README.md into a release's folder.

    used are the releases that the folder answers as: one, or for a zero-shot backbone one a label set;
    results are those of `evaluate` with the key "chance", the F1 of a weighted random draw; figures are
    file names in the folder `figures`.
    """
    about, first = ReleaseConfig.read(folder), used[0]
    text = TEXT.format(
        data=_data(folder.name, results),
        title=" and ".join(dict.fromkeys(each.variant.title for each in used)),
        labels=" and ".join(dict.fromkeys(each.labels.title for each in used)),
        what=first.variant.what,
        encodings=" or ".join(dict.fromkeys(result["encoding"] for result in results)),
        trained_on=about.trained_on,
        training=_training(about, first),
        tables="\n".join(_table(each, results, len(used) > 1) for each in used),
        figures=_pictures(figures),
        commands=_commands(about, results),
    )
    ModelCard(text).save(folder / "README.md")


def _training(about: ReleaseConfig, release: Release) -> str:
    """The sentences on how it was trained, as far as the release tells."""
    said = []
    if about.preset:
        said.append(f" Preset `{about.preset}`, seed {about.seed}.")
    if about.training_clips is not None:
        said.append(f" {about.training_clips} training clips.")
    if about.hours is not None:
        said.append(f" Its {about.epochs} epochs took {about.hours:.1f} h.")
    if len(about.encodings) > 1 and release.backbone is None and about.preset:
        said.append(" Each clip was painted in one of the encodings at random, anew in every epoch.")
    if about.started_from:
        said.append(f" Its encoder started from {about.started_from}.")
    if about.hyper_parameters:
        chosen = ", ".join(f"{name} {value}" for name, value in about.hyper_parameters.items())
        said.append(f" Hyper-parameters, chosen on the validation split: {chosen}.")
    if release.backbone is not None:
        at = f" at `{release.backbone.revision}`" if release.backbone.revision else ""
        said.append(f" Its frozen backbone is `{release.backbone.name}`{at}.")
    if release.sentences is not None:
        said.append(f" Sentences are compared with `{release.sentences.name}`.")
    if about.decoding:
        said.append(f" Decoding: {about.decoding}.")
    return "".join(said) + (MASKS if about.object_masks else "") + about.notes


def _table(release: Release, results: Sequence[dict], several: bool) -> str:
    own = [
        each
        for each in results
        if (each["variant"], each["labels"]) == (release.variant.key, release.labels.key)
    ]
    return TABLE.format(
        heading=f"### {release.variant.title}, {release.labels.title}\n\n" if several else "",
        rows="\n".join(map(_row, own)),
        chance=own[0]["chance"],
        smoothed=SETTLED if "f1_settled" in own[0] else "",
        columns=" | ".join(result["encoding"] for result in own),
        rules="|".join("---" for _ in own),
        activities="\n".join(_activity(label, own) for label in release.labels.labels),
    )


def _data(name: str, results: Sequence[dict]) -> str:
    scores = [
        EvalResult(
            task_type="video-classification",
            dataset_type="rendered",
            dataset_name=f"rendered bench, {result['labels']}, encoding {result['encoding']}",
            dataset_config=f"{result['labels']}-{result['encoding']}",
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
    as_named = result.get("ratio_as_named", {})

    def other(value: float | None) -> str:
        return "" if value is None else f" ({value:.2f})"

    ratios = " | ".join(
        f"{result['ratio'][name]:.2f} ± {result['ratio_ci'][name]:.2f}{other(as_named.get(name))}"
        for name in ("names", "symbols", "strict")
    )
    low, high = result["f1_interval"]
    f1 = f"{result['f1']:.2f}{other(result.get('f1_settled'))}"
    counted = f"{result['clips']} | {f1} | {low:.2f} to {high:.2f} | {result['workflows']}"
    return f"| {result['encoding']} | {counted} | {ratios} |"


def _activity(label: str, results: Sequence[dict]) -> str:
    scores = (result["per_activity"].get(label) for result in results)
    return f"| {label} | " + " | ".join("–" if s is None else f"{s:.2f}" for s in scores) + " |"


def _commands(about: ReleaseConfig, results: Sequence[dict]) -> str:
    """The command that made it, if it says so, and the one that prints its numbers again."""
    first = results[0]
    chosen = f"--variant {first['variant']} --labels {first['labels']} --encoding {first['encoding']}"
    measure = f"python -m pipelines evaluate --manifest MANIFEST --weights FOLDER {chosen}"
    return "".join(f"\n    {line}" for line in (about.command, measure) if line) + "\n"


def _pictures(figures: Sequence[str]) -> str:
    lines = []
    for name in figures:
        kind = next((each for each in CAPTIONS if name.startswith(each)), None)
        if kind:
            rest = name.removeprefix(kind).removesuffix(".png").strip("-")
            lines.append(f"![{CAPTIONS[kind]}{': ' + rest if rest else ''}](figures/{name})\n")
    return "\n## Pictures\n\n" + "\n".join(lines) if lines else ""
