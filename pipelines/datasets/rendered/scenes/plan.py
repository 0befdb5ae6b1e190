"""Plan of a workflow: its activities in order, drawn from the procedures of a bench, and their lengths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.datasets.rendered.benches.bench import NO_ACTION, Bench

CLIP_S = 4
IDLE_SHARE = 0.32  # of the gaps between two activities
INTERRUPTION_SHARE = 0.08  # of the activities are broken off, left and taken up again
BOTH_HANDS_SHARE = 0.24  # of the segments: the other hand does something else, only the eyes tell
BACKGROUND_SHARE = 0.16  # of the segments: an instrument runs on by itself


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One activity without a break.

    also: what goes on at the same time: nothing, another activity, or 'machine'.  narration: its label in
    words, where the activity's name is not enough.
    """

    label: str
    start_s: float
    end_s: float
    also: str = ""
    narration: str = ""


def plan(bench: Bench, rng: np.random.Generator, total_s: float | None = None) -> tuple[Segment, ...]:
    """Draw the segments of one workflow; total_s caps its length (a multiple of 4 s)."""
    target_s = bench.workflow_s * rng.lognormal(-0.04, 0.3) if total_s is None else total_s
    segments: list[Segment] = []
    now_s = 0.0
    for label in _labels(bench, rng):
        if now_s >= target_s - (0 if total_s else CLIP_S * 2):
            break
        length_s = _length_s(bench.mean_s[label], rng)
        if total_s is not None:
            length_s = min(length_s, total_s - now_s)
        segments.append(
            Segment(label=label, start_s=now_s, end_s=now_s + length_s, also=_also(bench, label, rng))
        )
        now_s += length_s
    return tuple(segments)


def _labels(bench: Bench, rng: np.random.Generator):
    """Endless activities, with No action between some."""
    procedures = bench.procedures
    if rng.random() < 0.5:
        yield NO_ACTION
    while True:
        for label in procedures[rng.integers(len(procedures))]:
            yield label
            if label != NO_ACTION and rng.random() < INTERRUPTION_SHARE:
                yield NO_ACTION
                yield label
            elif rng.random() < IDLE_SHARE:
                yield NO_ACTION


def _length_s(mean_s: float, rng: np.random.Generator) -> float:
    drawn = mean_s * rng.gamma(5, 0.2)
    return float(CLIP_S * max(1, round(drawn / CLIP_S)))


def _also(bench: Bench, label: str, rng: np.random.Generator) -> str:
    chance, beside_share = rng.random(), BOTH_HANDS_SHARE if bench.beside and label != NO_ACTION else 0.0
    if chance < beside_share:
        return str(rng.choice(bench.beside))
    return "machine" if chance < beside_share + BACKGROUND_SHARE else ""
