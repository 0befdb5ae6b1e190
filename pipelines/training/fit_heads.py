"""Fit the tree heads of a frozen backbone, and measure them and its zero-shot answers."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from encodings.clip import CLIP_S, RATE_HZ
from encodings.errors import UserError
from pipelines.datasets.clips import rows_of
from pipelines.datasets.manifest import ClipRow
from pipelines.evaluation.evaluate import count_transitions, label_counts
from pipelines.evaluation.report import report_all
from pipelines.training.config import HeadFittingRun
from pipelines.training.feature_cache import embed_rows
from pipelines.training.trees import FittedTrees, Samples, fit_trees
from zoo.features import VECTOR_DECIMALS, Features, quantise
from zoo.hub.download import PACKAGED
from zoo.labels import LabelSet, parse_label
from zoo.model_store import ModelStore
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.variants import VARIANTS, Variant
from zoo.weights import Weights

MAX_CLIPS = 4000  # for fitting: whole recordings, the first of the training split


class NoBackbone(UserError):
    """A folder that is not that of a backbone."""


@dataclass(frozen=True, eq=False)
class Fitting:
    """The backbone of one call, loaded once for all heads."""

    run: HeadFittingRun
    store: ModelStore

    def release(self, recipe: Variant, labels: LabelSet, folder: Path | None = None) -> Release:
        """The release of a variant on the backbone; without a folder, in the backbone's own."""
        backbone = Weights(str(self.run.backbone))
        return Release(
            variant=recipe,
            labels=labels,
            encodings=(self.run.encoding.name,),
            tier="embedded",
            weights=Weights(str(folder)) if folder else backbone,
            backbone=backbone if folder else None,
            sentences=PACKAGED if recipe.question else None,
        )

    def embed(self, manifest: Path, rows: tuple[ClipRow, ...], release: Release) -> Features:
        """Features of rows, kept in the run's folder."""
        spec, encoding = release.feature_spec, self.run.encoding
        return embed_rows(manifest, rows, spec, encoding, self.store, self.run.folder)


def fit_heads(run: HeadFittingRun) -> None:
    """Fit a forest and boosted trees for each label set, and report them and the zero-shot answers.

    Hyper-parameters are chosen on the validation split.  A head's folder is beside the backbone's and named
    VARIANT-LABELS.  Raises NoBackbone, and what reading the manifests raises.
    """
    recipes = _recipes(run.backbone)
    fitting = Fitting(run, ModelStore())
    for manifest, labels in run.manifests:
        for recipe in recipes:
            if not recipe.zero_shot:
                _fit_head(fitting, recipe, manifest, labels)
    for recipe in recipes:
        if recipe.zero_shot:
            measured = [(manifest, fitting.release(recipe, labels)) for manifest, labels in run.manifests]
            _report(fitting, measured, run.backbone, _log(run.backbone))


def _recipes(backbone: Path) -> list[Variant]:
    """The variants that stand on a backbone."""
    name = ReleaseConfig.read(backbone).backbone_name
    recipes = [each for each in VARIANTS if each.backbone and each.backbone == name == backbone.name]
    if not recipes:
        known = ", ".join(dict.fromkeys(each.backbone for each in VARIANTS if each.backbone))
        raise NoBackbone(
            f"{backbone} is not the folder of a backbone; expected one of {known}, "
            "as `python -m pipelines pretrain` writes them."
        )
    return recipes


def _fit_head(fitting: Fitting, recipe: Variant, manifest: Path, labels: LabelSet) -> None:
    """Fit, write, describe and report one head."""
    run = fitting.run
    out = run.backbone.with_name(f"{recipe.key}-{labels.key}")
    release = fitting.release(recipe, labels, out)
    splits = {split: rows_of(manifest, split) for split in ("training", "validation")}
    splits["training"] = whole_recordings(splits["training"], MAX_CLIPS)
    decimals = VECTOR_DECIMALS if recipe.question else None
    training, validation = (
        Samples(
            quantise(fitting.embed(manifest, rows, release), decimals).vectors, label_places(rows, labels)
        )
        for rows in splits.values()
    )
    best, trials = fit_trees(recipe.head, training, validation, labels.labels, run.seed)
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
        seed=run.seed,
        command=_command(run, manifest, labels),
    ).write(out)
    _report(fitting, [(manifest, release)], out)


def _command(run: HeadFittingRun, manifest: Path, labels: LabelSet) -> str:
    """The command line that fits a head again, with files by their own names."""
    return (
        f"python -m pipelines fit-heads --backbone {run.backbone.name} --labels {labels.key} "
        f"--manifest {manifest.parent.name}/{manifest.name} --encoding {run.encoding.name} "
        f"--seed {run.seed} --run RUN"
    )


def _write(out: Path, best: FittedTrees, release: Release) -> None:
    """A new folder with the trees, and the order of their labels."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    best.write(out)
    config = {"id2label": dict(enumerate(release.labels.labels))}
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def _report(
    fitting: Fitting, measured: list[tuple[Path, Release]], out: Path, log: Sequence[dict] = ()
) -> None:
    report_all(measured, (fitting.run.encoding.name,), out, log, fitting.embed)


def _log(backbone: Path) -> list[dict]:
    path = backbone / "log.json"
    return json.loads(path.read_text()) if path.is_file() else []


def whole_recordings(rows: tuple[ClipRow, ...], max_clips: int) -> tuple[ClipRow, ...]:
    """The rows of the first recordings with at most `max_clips` clips in all; at least one recording."""
    videos = list(dict.fromkeys(row.video for row in rows))
    while len(videos) > 1 and sum(row.video in videos for row in rows) > max_clips:
        videos.pop()
    return tuple(row for row in rows if row.video in videos)


def label_places(rows: tuple[ClipRow, ...], labels: LabelSet) -> np.ndarray:
    """The places of rows' labels in a label set [N]."""
    return np.array([labels.labels.index(parse_label(row.label, labels)) for row in rows])
