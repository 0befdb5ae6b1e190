"""Fit the tree heads of a frozen backbone, and measure what it answers without them."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from encodings.clip import CLIP_S, RATE_HZ
from encodings.errors import UserError
from encodings.names import Encoding
from pipelines.datasets.clips import rows_of
from pipelines.datasets.manifest import ClipRow
from pipelines.evaluation.evaluate import count_transitions, label_counts
from pipelines.evaluation.report import report_all
from pipelines.training.feature_cache import embed_rows
from pipelines.training.trees import Fitted, Vectors, fit
from zoo.features import VECTOR_DECIMALS, Features, quantise
from zoo.hub.download import PACKAGED
from zoo.labels import LabelSet, parse_label
from zoo.model_store import ModelStore
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.variants import VARIANTS, Variant
from zoo.weights import Weights

MOST_CLIPS = 4000  # that heads are fitted on: whole recordings, the first of the training split


class NoBackbone(UserError):
    """A folder that heads cannot stand on."""


@dataclass(frozen=True, eq=False)
class Fitting:
    """What all heads of one call have in common."""

    backbone: Path
    painted: Encoding
    run: Path
    seed: int
    store: ModelStore

    def release(self, recipe: Variant, labels: LabelSet, folder: Path | None = None) -> Release:
        """The release of a recipe on the backbone; without a folder, the backbone's own."""
        own, sentences = Weights(str(folder or self.backbone)), PACKAGED if recipe.question else None
        behind = Weights(str(self.backbone)) if folder else None
        return Release(
            variant=recipe,
            labels=labels,
            encodings=(self.painted.name,),
            tier="embedded",
            weights=own,
            backbone=behind,
            sentences=sentences,
        )

    def embed(self, manifest: Path, rows: tuple[ClipRow, ...], release: Release) -> Features:
        """What the backbone sees in rows, kept in the run's folder."""
        return embed_rows(manifest, rows, release.feature_spec, self.painted, self.store, self.run)


def fit_heads(
    benches: Sequence[tuple[Path, LabelSet]], backbone: Path, painted: Encoding, run: Path, seed: int
) -> None:
    """Fit a forest and boosted trees a label set, and report them and the backbone's zero-shot answers.

    benches are manifests, each with the label set of its labels.  Hyper-parameters are chosen on the
    validation split.  A head's folder stands beside the backbone's, named VARIANT-LABELS; embedded clips
    are kept in `run`.  Raises NoBackbone, and what reading the manifests raises.
    """
    recipes = _recipes(backbone)
    fitting = Fitting(backbone, painted, run, seed, ModelStore())
    for manifest, labels in benches:
        for recipe in recipes:
            if not recipe.zero_shot:
                _fit_head(fitting, recipe, manifest, labels)
    for recipe in recipes:
        if recipe.zero_shot:
            measured = [(manifest, fitting.release(recipe, labels)) for manifest, labels in benches]
            _report(fitting, measured, backbone, _log(backbone))


def _recipes(backbone: Path) -> list[Variant]:
    name = ReleaseConfig.read(backbone).backbone_name
    found = [each for each in VARIANTS if each.backbone and each.backbone == name == backbone.name]
    if not found:
        known = ", ".join(dict.fromkeys(each.backbone for each in VARIANTS if each.backbone))
        raise NoBackbone(
            f"{backbone} is not the folder of a backbone; expected one of {known}, "
            "as `python -m pipelines pretrain` writes them."
        )
    return found


def _fit_head(fitting: Fitting, recipe: Variant, manifest: Path, labels: LabelSet) -> None:
    """Fit, write, describe and report one head."""
    out = fitting.backbone.with_name(f"{recipe.key}-{labels.key}")
    release = fitting.release(recipe, labels, out)
    splits = {split: rows_of(manifest, split) for split in ("training", "validation")}
    splits["training"] = whole_recordings(splits["training"], MOST_CLIPS)
    decimals = VECTOR_DECIMALS if recipe.question else None
    training, validation = (
        Vectors(quantise(fitting.embed(manifest, rows, release), decimals).vectors, places(rows, labels))
        for rows in splits.values()
    )
    best, trials = fit(recipe.head, training, validation, labels.labels, fitting.seed)
    print(json.dumps({"head": out.name, "trials": trials}), flush=True)
    _write(out, best, release)
    ReleaseConfig(
        variant=recipe.key,
        labels=labels.key,
        encodings=release.encodings,
        backbone=Weights(Path(release.backbone.source).name),
        sentences=release.sentences,
        vector_decimals=decimals,
        clip_s=CLIP_S,
        rate_hz=RATE_HZ,
        trained_on="rendered scenes",
        training_clips=len(training.truth),
        training_labels=label_counts(manifest, labels),
        transition_counts=count_transitions(manifest, labels),
        hyper_parameters=best.settings,
        trials=tuple(trials),
        seed=fitting.seed,
        command=f"python -m pipelines fit-heads --backbone {fitting.backbone.name} --labels {labels.key} "
        f"--manifest {manifest.parent.name}/{manifest.name} --encoding {fitting.painted.name} "
        f"--seed {fitting.seed} --run RUN",
    ).write(out)
    _report(fitting, [(manifest, release)], out)


def _write(out: Path, best: Fitted, release: Release) -> None:
    """A new folder with the trees, and the order of their labels."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    best.write(out)
    config = {"id2label": dict(enumerate(release.labels.labels))}
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def _report(
    fitting: Fitting, measured: list[tuple[Path, Release]], out: Path, log: Sequence[dict] = ()
) -> None:
    report_all(measured, (fitting.painted.name,), out, log, fitting.embed)


def _log(backbone: Path) -> list[dict]:
    path = backbone / "log.json"
    return json.loads(path.read_text()) if path.is_file() else []


def whole_recordings(rows: tuple[ClipRow, ...], most: int) -> tuple[ClipRow, ...]:
    """The rows of the first recordings that have no more clips than `most`; at least one recording."""
    videos = list(dict.fromkeys(row.video for row in rows))
    while len(videos) > 1 and sum(row.video in videos for row in rows) > most:
        videos.pop()
    return tuple(row for row in rows if row.video in videos)


def places(rows: tuple[ClipRow, ...], labels: LabelSet) -> np.ndarray:
    """The places of rows' labels in a label set [N]."""
    return np.array([labels.labels.index(parse_label(row.label, labels)) for row in rows])
