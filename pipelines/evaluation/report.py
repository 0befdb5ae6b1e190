"""The report of a finished release: evaluation.json, the model card, and its pictures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from encodings.names import encoding
from pipelines.datasets.clips import rows_of
from pipelines.datasets.manifest import ClipRow
from pipelines.evaluation.evaluate import answer_split, evaluate_clips, random_draw
from pipelines.evaluation.figures import draw_confusion, draw_curve, draw_worst
from zoo.cards import write_card
from zoo.evaluation import write_evaluations
from zoo.features import Features
from zoo.releases import Release

SPLIT = "testing"
Embed = Callable[[Path, tuple[ClipRow, ...], Release], Features]


def report(
    manifest: Path, release: Release, encodings: Sequence[str], out: Path, log: Sequence[dict] = ()
) -> None:
    """Evaluate a release as saved in `out`, through the path that a visitor's recording takes.

    Writes evaluation.json, README.md, and pictures under `figures`: learning curve, confusion matrices,
    the worst errors.  log is that of the training, a row an epoch or a trial; it is drawn if its rows have
    an epoch.  Raises what `evaluate` raises.
    """
    report_all([(manifest, release)], encodings, out, log)


def report_all(
    measured: Iterable[tuple[Path, Release]],
    encodings: Sequence[str],
    out: Path,
    log: Sequence[dict] = (),
    embed: Embed | None = None,
) -> None:
    """The same for one folder that answers as several releases, as a zero-shot backbone does.

    embed gives the features of the split's clips, where they were embedded before.
    """
    figures, results, used = out / "figures", [], []
    figures.mkdir(exist_ok=True)
    for manifest, release in measured:
        used.append(release)
        chance = random_draw(manifest, SPLIT, release.labels)
        for name in encodings:
            features = embed(manifest, rows_of(manifest, SPLIT), release) if embed else None
            clips = answer_split(manifest, SPLIT, release, encoding(name), features=features)
            results.append(replace(evaluate_clips(clips, SPLIT, release, encoding(name)), chance=chance))
            picture = f"{release.variant.key}-{release.labels.key}-{name}"
            draw_confusion(results[-1].scores.confusion, figures / f"confusion-{picture}.png")
            draw_worst(manifest, clips, encoding(name), figures / f"errors-{picture}.png")
    if any("epoch" in row for row in log):
        draw_curve(log, figures / "learning-curve.png")
    write_evaluations(out, results)
    write_card(out, used, results, sorted(path.name for path in figures.iterdir()))
