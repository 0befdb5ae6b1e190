"""The pictures of a model card: learning curve, confusion matrix, worst errors; drawn with matplotlib."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from encodings.names import Encoding
from encodings.paint import encode
from pipelines.datasets.clips import labelled_clips, rows_of
from pipelines.evaluation.score import ScoredClip

WORST = 6  # errors that are shown
SHOWN = (0, 5, 10, 15)  # frames of each
DPI = 80
THUMB = (160, 120)  # px
GAP = 6  # px of white after each


def draw_curve(log: Sequence[dict], path: Path) -> None:
    """Loss, and F1 on the validation split where it was measured, by epoch."""
    figure, (axes,) = _figure(6, 3.5)
    epochs = [row["epoch"] for row in log]
    axes.plot(epochs, [row["loss"] for row in log], color="#666666", label="training loss")
    axes.set_xlabel("epoch")
    axes.set_ylabel("training loss")
    if all("validation_f1" in row for row in log):
        right = axes.twinx()
        right.plot(epochs, [row["validation_f1"] for row in log], color="#0b6e99", label="validation F1")
        right.set_ylim(0, 1)
        right.set_ylabel("validation F1 (weighted)", color="#0b6e99")
    _save(figure, path)


def draw_confusion(counts: dict[str, dict[str, int]], path: Path) -> None:
    """Counts by true label (rows) and answered label (columns); shades are shares of the row."""
    labels = list(counts)
    table = np.array([list(row.values()) for row in counts.values()])
    shares = table / np.maximum(table.sum(1, keepdims=True), 1)
    figure, (axes,) = _figure(1.6 + 0.75 * len(labels), 1.2 + 0.6 * len(labels))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), count in np.ndenumerate(table):
        axes.text(
            column,
            row,
            count,
            ha="center",
            va="center",
            color="white" if shares[row, column] > 0.5 else "black",
        )
    axes.set_xticks(range(len(labels)), labels, rotation=40, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("answered")
    axes.set_ylabel("true")
    _save(figure, path)


def draw_worst(manifest: Path, clips: Sequence[ScoredClip], encoding: Encoding, path: Path) -> None:
    """The wrong answers that were given with the highest score, a row of encoded frames each.

    clips are the answers to the testing split; those without a score are taken in order.
    """
    wrong = [place for place, clip in enumerate(clips) if clip.truth != clip.predicted]
    wrong = sorted(wrong, key=lambda place: -(clips[place].score or 0))[:WORST]
    if not wrong:
        return
    shown = _frames(manifest, set(wrong), encoding)
    figure, rows = _figure(1.7 * len(SHOWN), 1.55 * len(wrong), len(wrong))
    for place, axes in zip(wrong, rows, strict=True):
        clip = clips[place]
        sure = "" if clip.score is None else f" ({clip.score:.2f})"
        axes.set_title(f"{clip.truth}, answered {clip.predicted}{sure}", loc="left", fontsize=9)
        axes.imshow(shown[place])
        axes.axis("off")
    _save(figure, path)


def _frames(manifest: Path, places: set[int], encoding: Encoding) -> dict[int, np.ndarray]:
    """The shown frames of some clips of the testing split, small, each clip's in one row [H, W, 3]."""
    rows, pictures = rows_of(manifest, "testing"), {}
    wanted = {rows[place].video for place in places}
    numbers = [number for number, row in enumerate(rows) if row.video in wanted]
    clips = labelled_clips(manifest, tuple(rows[number] for number in numbers))
    for number, (clip, _) in zip(numbers, clips, strict=True):
        if number in places:
            frames = encode(clip, encoding).frames
            small = [cv2.resize(frames[each], THUMB, interpolation=cv2.INTER_AREA) for each in SHOWN]
            pictures[number] = np.hstack(
                [np.pad(each, ((0, 0), (0, GAP), (0, 0)), constant_values=255) for each in small]
            )
    return pictures


def _figure(width: float, height: float, rows: int = 1):
    """A figure of so many inches with axes below each other, without pyplot's global state."""
    from matplotlib.figure import Figure

    figure = Figure((width, height), dpi=DPI, layout="constrained")
    return figure, figure.subplots(rows, squeeze=False)[:, 0]


def _save(figure, path: Path) -> None:
    """Write a PNG in 256 colours, which keeps photographs small."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").quantize(256).save(path, optimize=True)
