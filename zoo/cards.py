"""The model card of a release: card_template.md, filled from its config.json and its evaluation.json."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import EvalResult, ModelCard, ModelCardData

from zoo.evaluation import RATIOS, WEARER, Evaluation, Interval, Scores
from zoo.release_config import ReleaseConfig
from zoo.releases import Release, zero_shot_note

TEMPLATE = Path(__file__).with_name("card_template.md")
FILE = "README.md"
AS_NAMED, SMOOTHED = "as named", "smoothed"

CAPTIONS = {
    "learning-curve": "Learning curve",
    "confusion": "Counts by true label (rows) and answered label",
    "errors": "Wrong answers with the highest score",
}


@dataclass(frozen=True, kw_only=True)
class Table:
    """The scores of one variant on one label set, as text."""

    title: str
    note: str  # on a zero-shot score
    rows: tuple[tuple[str, ...], ...]
    chance: str
    intervals: str  # the sentence on what the intervals are
    smoothed: bool
    encodings: tuple[str, ...]
    activities: tuple[tuple[str, ...], ...]


def write_card(
    folder: Path, used: Sequence[Release], evaluations: Sequence[Evaluation], figures: Sequence[str] = ()
) -> None:
    """Write README.md into a release's folder.

    used are the releases that the folder answers as: one, or for a zero-shot backbone one a label set;
    figures are file names in the folder `figures`.
    """
    make_card(folder, used, evaluations, figures).save(folder / FILE)


def make_card(
    folder: Path, used: Sequence[Release], evaluations: Sequence[Evaluation], figures: Sequence[str] = ()
) -> ModelCard:
    """The card as `write_card` writes it."""
    config = ReleaseConfig.read(folder)
    parameters = (f"{name} {value}" for name, value in config.hyper_parameters.items())
    return ModelCard.from_template(
        _metadata(folder.name, evaluations),
        template_path=str(TEMPLATE),
        config=config,
        release=used[0],
        title=_listed((each.variant.title for each in used), " and "),
        label_sets=_listed((each.labels.title for each in used), " and "),
        encodings=_listed((each.encoding for each in evaluations), " or "),
        hyper_parameters=", ".join(parameters),
        tables=[_table(each, evaluations, folder) for each in used],
        figures=[(_caption(name), name) for name in figures if _kind(name)],
        commands=_commands(config, evaluations[0]),
    )


def _listed(texts: Iterable[str], word: str) -> str:
    return word.join(dict.fromkeys(texts))


def _metadata(name: str, evaluations: Sequence[Evaluation]) -> ModelCardData:
    """The card's YAML; its model-index is what the Hub shows of a model's scores."""
    results = [
        EvalResult(
            task_type="video-classification",
            dataset_type="rendered",
            dataset_name=f"rendered bench, {each.labels}, encoding {each.encoding}",
            dataset_config=f"{each.labels}-{each.encoding}",
            dataset_split=each.split,
            metric_type="f1",
            metric_name="F1 (weighted)",
            metric_value=round(each.scores.f1, 4),
        )
        for each in evaluations
    ]
    return ModelCardData(
        license="apache-2.0",
        library_name="transformers",
        pipeline_tag="video-classification",
        model_name=name,
        eval_results=results,
    )


def _table(release: Release, evaluations: Sequence[Evaluation], folder: Path) -> Table:
    key = release.variant.key, release.labels.key
    own = [each for each in evaluations if (each.variant, each.labels) == key]
    scores = [each.scores for each in own]
    return Table(
        title=f"{release.variant.title}, {release.labels.title}",
        note=zero_shot_note(release, folder),
        rows=tuple(row for each in own for row in _rows(each)),
        chance="–" if own[0].chance is None else f"{own[0].chance:.2f}",
        intervals=_intervals(scores[0]),
        smoothed=scores[0].f1_smoothed is not None,
        encodings=tuple(each.encoding for each in own),
        activities=tuple(
            (label, *(_number(each.per_activity.get(label)) for each in scores))
            for label in release.labels.labels
        ),
    )


def _rows(evaluation: Evaluation) -> list[tuple[str, ...]]:
    """A row for the labels as named, and one for the smoothed labels if there are any."""
    scores = evaluation.scores
    f1 = _with_interval(scores.f1, scores.f1_interval)
    workflows = [_with_interval(scores.ratio[name], scores.ratio_bounds[name]) for name in RATIOS]
    counted = str(scores.clips), str(scores.workflows)
    if scores.f1_smoothed is None:
        return [(evaluation.encoding, AS_NAMED, counted[0], f1, counted[1], *workflows)]
    as_named = [_number(scores.ratio_as_named[name]) for name in RATIOS]
    f1_smoothed = _number(scores.f1_smoothed)
    return [
        (evaluation.encoding, AS_NAMED, counted[0], f1, counted[1], *as_named),
        (evaluation.encoding, SMOOTHED, counted[0], f1_smoothed, counted[1], *workflows),
    ]


def _with_interval(value: float, interval: Interval | None) -> str:
    if interval is None:
        return _number(value)
    low, high = interval
    return f"{value:.2f} ({low:.2f} to {high:.2f})"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _intervals(scores: Scores) -> str:
    """What the intervals in brackets resample; older results count workflows alone."""
    if scores.interval_unit is None:
        return (
            f"In brackets the 95 % interval over {scores.workflows} workflows: of F1 by a bootstrap, of\n"
            "ratios by a normal approximation, or exact binomial where all workflows are alike at 0 or 1.\n"
            "Workflows of one wearer resemble each other, so that these intervals are too narrow."
        )
    if scores.f1_interval is None:
        return "There is no 95 % interval, as all clips are of one wearer or one workflow."
    units = f"{scores.interval_units} {'wearers' if scores.interval_unit == WEARER else 'workflows'}"
    return (
        f"In brackets the 95 % interval over {units}, which are resampled: a cluster bootstrap (Efron and\n"
        "Tibshirani 1993), or exact binomial where all of them are alike at 0 or 1."
    )


def _commands(config: ReleaseConfig, first: Evaluation) -> list[str]:
    """The command that made it, if it says so, and the one that prints its numbers again."""
    release = f"--variant {first.variant} --labels {first.labels} --encoding {first.encoding}"
    measure = f"python -m pipelines evaluate --manifest MANIFEST --weights FOLDER {release}"
    return [line for line in (config.command, measure) if line]


def _kind(figure: str) -> str | None:
    return next((each for each in CAPTIONS if figure.startswith(each)), None)


def _caption(figure: str) -> str:
    kind = _kind(figure)
    shown = figure.removeprefix(kind).removesuffix(".png").strip("-")
    return f"{CAPTIONS[kind]}: {shown}" if shown else CAPTIONS[kind]
