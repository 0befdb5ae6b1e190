"""What the page says beside an answer: who answers, what is on the shelf, the gaze, what is going on."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

import numpy as np

from pipelines.catalogue import Entry
from pipelines.evaluation.published import TABLE_2, below_chance
from pipelines.recordings.gaze.gaze import join_gaze
from pipelines.recordings.health import gaze_sentence
from pipelines.recordings.recording import Recording
from pipelines.views import STATIC
from zoo.release_config import ReleaseConfig
from zoo.releases import Release, embedded_releases, measured_f1

RING_HZ = 10  # places of the gaze a second, on the video
JUMP_JS, GAZE_JS = (
    (STATIC / name).read_text(encoding="utf-8").replace("RING_HZ", str(RING_HZ))
    for name in ("jump.js", "gaze.js")
)


def gaze_words(recording: Recording) -> str:
    """One line on the gaze, or on its absence."""
    return gaze_sentence(recording) if recording.gaze else "no file; clips can be shown without the dot only."


def tier_words(where: str) -> str:
    """Which tier answers, what it was trained on, and what it runs on."""
    releases = embedded_releases()
    if not releases:
        return "No embedded release is on this machine: only finished examples can be shown."
    told = {ReleaseConfig.read(Path(each.weights.source)).trained_on for each in releases} - {""}
    trained_on = " and ".join(sorted(told))
    who = f"Embedded tier: small models trained on {trained_on}, never on video of a real lab{where}"
    return f"{who}; {f1_words(releases)}"


def f1_words(releases: tuple[Release, ...]) -> str:
    """How good the models that answer were on wearers they had never seen."""
    scores = [
        f1 for each in releases for f1 in measured_f1(Path(each.weights.source), each.labels.key).values()
    ]
    if not scores:
        return "how good they are was not measured."
    low, high = f"{min(scores):.2f}", f"{max(scores):.2f}"
    reached = low if low == high else f"{low} to {high}"
    return f"on rendered scenes they had never seen they reach an F1 of {reached} (1 is perfect)."


def header(where: str = "") -> str:
    """Title, tier, training data, device."""
    return (
        "<header><h1>BenchScribe</h1><p>What a video of lab work shows, clip by clip, as a workflow.</p>"
        f"<p class='tier'>{escape(tier_words(where))}</p></header>"
    )


def zoo_html(entries: Iterable[Entry]) -> str:
    """The catalogue as a table."""
    heads = (
        "Variant",
        "Labels",
        "Tier",
        "Encodings",
        "Weights",
        "Trained on",
        "F1 measured",
        "F1 in the paper",
    )
    return (
        "<div class='zoo' tabindex=0><p class='note'>Measured: on rendered scenes of wearers that training "
        "never saw, not the same for all releases. In the paper: on video of a real laboratory, encoding V. "
        "The two cannot be compared."
        f"</p><table><thead><tr>{''.join(f'<th scope=col>{each}</th>' for each in heads)}</tr></thead>"
        f"<tbody>{''.join(map(_zoo_row, entries))}</tbody></table></div>"
    )


def _zoo_row(entry: Entry) -> str:
    measured = ", ".join(f"{name} {f1:.2f}" for name, f1 in entry.measured.items()) or "not measured"
    if entry.chance is not None and any(f1 < entry.chance for f1 in entry.measured.values()):
        measured += f" ▼ below chance ({entry.chance:.2f})"
    size = f", {entry.size_bytes / 1e6:.1f} MB" if entry.size_bytes is not None else ""
    pinned = f" @ {entry.revision[:8]}" if entry.revision else ""
    key, labels = entry.variant.key, entry.labels.key
    published = f"{TABLE_2[labels][key].f1:.2f}" + (" ▼ below chance" if below_chance(key, labels) else "")
    about = f"<th scope=row title='{escape(entry.variant.what)}'>{escape(entry.variant.title)}</th>"
    about += f"<td>{escape(entry.labels.title)}</td><td>{entry.tier}</td>"
    if entry.remedy:
        return f"<tr class=missing>{about}<td colspan=4>{escape(entry.remedy)}</td><td>{published}</td></tr>"
    return (
        f"<tr>{about}<td>{', '.join(entry.encodings)}</td>"
        f"<td>{escape(entry.source)}{pinned}{size} ({entry.state})</td><td>{escape(entry.trained_on)}</td>"
        f"<td>{measured}</td><td>{published}</td></tr>"
    )


def gaze_of(recording: Recording | None) -> dict:
    """What the gaze component draws: a line of words, and a ring on the video."""
    if recording is None:
        return {"note": "", "points": []}
    assumed = " ".join(recording.gaze.notes) if recording.gaze else ""
    note = f"<p class='note'><b>Gaze</b> {escape(gaze_words(recording))}</p>"
    note += f"<p class='note'>{escape(assumed)}</p>"
    if recording.gaze is None:
        return {"note": note, "points": []}
    shares = join_gaze(recording.gaze, np.arange(0, recording.duration_s, 1 / RING_HZ))
    shares = (shares / (recording.width, recording.height)).round(3)
    return {"note": note, "points": [p if np.isfinite(p).all() else None for p in shares.tolist()]}


def status_html(words: str, share: float | None = None, state: str = "", title: str = "Workflow") -> str:
    """One line on what is going on, with a bar while something is."""
    bar = "" if share is None else f"<progress max='1' value='{share:.3f}'></progress>"
    role = "" if state == "running" else "role='status'"  # a screen reader need not hear every clip
    line = f"<p class='status {state}' {role}>{escape(words)}</p>"
    return f"<div class='head'><h2>{title}</h2>{line}</div>{bar}"
