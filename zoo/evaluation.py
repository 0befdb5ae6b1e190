"""Evaluation, the scores of one release on one split, and its file evaluation.json.

It stands in the zoo, below the pipelines that measure: the model card, the check before a push and the
page's table of releases all read evaluation.json.  This is its only reader and its only writer.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.weights import WeightsMissing

FILE = "evaluation.json"
RATIOS = ("names", "symbols", "strict")  # of workflows, see pipelines.evaluation.metrics
WEARER, WORKFLOW = "wearer", "workflow"  # what a confidence interval resamples
TAIL = 0.025  # on each side of a 95 % interval
ROUNDING = 1e-9  # a weighted mean of ones may come out a little above 1
Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Scores:
    """How good the answers to some clips are: weighted F1 of clips, Levenshtein ratios of workflows.

    F1 is that of the labels each clip was given by itself; ratios are those of the workflows, which are
    compiled from smoothed labels where a model smooths.  f1_smoothed and ratio_as_named are the other way
    round, None where nothing was smoothed.  confusion counts clips by true label, then by answered label.
    Intervals are 95 % and resample interval_units wearers or workflows; None says that they are unknown,
    as of a single wearer.  ratio_ci is half the width of each ratio's interval, and 0 where that is unknown.
    Results that were written before wearers were distinguished have no interval_unit: their intervals
    resample workflows, and those of ratios are a normal approximation.
    """

    f1: float
    per_activity: Mapping[str, float]
    workflows: int
    ratio: Mapping[str, float]
    ratio_ci: Mapping[str, float]
    clips: int
    f1_smoothed: float | None = None
    ratio_as_named: Mapping[str, float] | None = None
    f1_interval: Interval | None = None
    ratio_interval: Mapping[str, Interval] | None = None
    interval_unit: str | None = None
    interval_units: int | None = None
    confusion: Mapping[str, Mapping[str, int]] | None = None

    def __post_init__(self) -> None:
        _check_shares("f1", [self.f1] if self.f1_smoothed is None else [self.f1, self.f1_smoothed])
        _check_shares("per_activity", self.per_activity.values())
        for name in ("ratio", "ratio_ci", "ratio_as_named", "ratio_interval"):
            values = getattr(self, name)
            if values is not None and set(values) != set(RATIOS):
                raise ValueError(f"{name} must have the keys {', '.join(RATIOS)}, got {', '.join(values)}")
        _check_shares("ratio", [*self.ratio.values(), *(self.ratio_as_named or {}).values()])
        for low, high in (*filter(None, [self.f1_interval]), *(self.ratio_interval or {}).values()):
            _check_shares("an interval", (low, high))
            if low > high:
                raise ValueError(f"an interval must have its lower bound first, got {low} to {high}")
        if self.interval_unit not in (None, WEARER, WORKFLOW):
            raise ValueError(f"interval_unit must be {WEARER} or {WORKFLOW}, got {self.interval_unit!r}")

    @property
    def ratio_bounds(self) -> dict[str, Interval | None]:
        """The 95 % interval of each ratio, also of results that have its half width alone."""
        if self.ratio_interval is not None:
            return dict(self.ratio_interval)
        if self.interval_unit is not None:
            return dict.fromkeys(RATIOS)
        return {name: self._older_bounds(name) for name in RATIOS}

    def _older_bounds(self, name: str) -> Interval | None:
        mean, half = self.ratio[name], self.ratio_ci[name]
        if half:
            return max(0.0, mean - half), min(1.0, mean + half)
        return exact_interval(mean, self.workflows) if self.workflows > 1 and mean in (0, 1) else None

    def to_json(self) -> dict[str, Any]:
        """Plain data, as evaluation.json has it."""
        smoothed = {"f1_settled": self.f1_smoothed, "ratio_as_named": self.ratio_as_named}
        data = {
            **{name: getattr(self, name) for name in ("f1", "per_activity", "workflows", "ratio")},
            "ratio_ci": self.ratio_ci,
            "clips": self.clips,
            **{key: value for key, value in smoothed.items() if value is not None},
            "f1_interval": self.f1_interval,
            "ratio_interval": self.ratio_interval,
            "interval_unit": self.interval_unit,
            "interval_units": self.interval_units,
        }
        return data if self.confusion is None else data | {"confusion": self.confusion}


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """The scores of a release on a split of labelled recordings, in one encoding.

    release, variant, labels and encoding are names and keys.  chance is the F1 of labels drawn as often as
    the training split has them.  shuffled and seed say what a perturbation took from the clips, if any.
    """

    release: str
    variant: str
    labels: str
    encoding: str
    split: str
    scores: Scores
    chance: float | None = None
    shuffled: str | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        for name in ("release", "variant", "labels", "encoding", "split"):
            if not isinstance(value := getattr(self, name), str) or not value:
                raise ValueError(f"{name} must be a text, got {value!r}")
        if self.chance is not None:
            _check_shares("chance", [self.chance])

    def to_json(self) -> dict[str, Any]:
        """Plain data, the keys of the scores beside the others."""
        names = ("release", "variant", "labels", "encoding", "split")
        more = {name: getattr(self, name) for name in ("chance", "shuffled", "seed")}
        return {
            **{name: getattr(self, name) for name in names},
            **self.scores.to_json(),
            **{name: value for name, value in more.items() if value is not None},
        }


def exact_interval(value: float, units: int) -> Interval:
    """The exact 95 % binomial interval of units that all succeed (1) or all fail (0).

    Clopper and Pearson 1934; a bootstrap of equal values has no width, however few they are.
    """
    bound = TAIL ** (1 / units)
    return (bound, 1.0) if value == 1 else (0.0, 1 - bound)


def read_evaluations(folder: Path) -> tuple[Evaluation, ...]:
    """Read and check a release's evaluation.json; () where it has none.  Raises WeightsMissing."""
    path = folder / FILE
    if not path.is_file():
        return ()
    try:
        return tuple(_evaluation(each) for each in json.loads(path.read_text(encoding="utf-8")))
    except KeyError as error:
        raise WeightsMissing(
            f"The evaluation.json of {folder.name} does not have the key {error}; evaluate the release again."
        ) from error
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsMissing(
            f"The evaluation.json of {folder.name} cannot be read ({error}); evaluate the release again."
        ) from error


def write_evaluations(folder: Path, evaluations: Sequence[Evaluation]) -> None:
    """Write a release's evaluation.json in place of the one before."""
    data = [each.to_json() for each in evaluations]
    (folder / FILE).write_text(json.dumps(data, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def _evaluation(data: Mapping[str, Any]) -> Evaluation:
    names = ("release", "variant", "labels", "encoding", "split")
    more = {name: data.get(name) for name in ("chance", "shuffled", "seed")}
    return Evaluation(**{name: data[name] for name in names}, scores=_scores(data), **more)


def _scores(data: Mapping[str, Any]) -> Scores:
    f1_interval, ratio_interval = data.get("f1_interval"), data.get("ratio_interval")
    intervals = ratio_interval and {name: _interval(bounds) for name, bounds in ratio_interval.items()}
    return Scores(
        **{name: data[name] for name in ("f1", "per_activity", "workflows", "ratio", "ratio_ci", "clips")},
        f1_smoothed=data.get("f1_settled"),
        ratio_as_named=data.get("ratio_as_named"),
        f1_interval=f1_interval and _interval(f1_interval),
        ratio_interval=intervals,
        **{name: data.get(name) for name in ("interval_unit", "interval_units", "confusion")},
    )


def _interval(bounds: Sequence[float]) -> Interval:
    low, high = bounds
    return low, high


def _check_shares(name: str, values) -> None:
    for value in values:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not -ROUNDING <= value <= 1 + ROUNDING:
            raise ValueError(f"{name} must be from 0 to 1, got {value!r}")
