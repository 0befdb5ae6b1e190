"""The dataset card: what rendered sets hold, how they were made, and how they differ from real work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pipelines.datasets.gather import summary
from pipelines.datasets.manifest import SPLITS, ClipRow, read_manifest
from pipelines.datasets.rendered.output.folder import SETTINGS_NAME
from pipelines.datasets.rendered.output.settings import Settings
from pipelines.datasets.structure import Act, acts_of, described, mean_lengths_s, real_acts
from zoo.labels import NO_ACTION

MOST_LABELS = 12  # a set of more labels is narrated in free text, and its rarer ones are not listed
MEASURES = {  # as `described` calls them: in words, and how each is written
    "recordings": ("recordings", "{:.0f}"),
    "actions": ("actions (No action left out)", "{:.0f}"),
    "kinds": ("kinds of action", "{:.0f}"),
    "lower_s": ("length, lower quartile (s)", "{:.1f}"),
    "median_s": ("length, median (s)", "{:.1f}"),
    "upper_s": ("length, upper quartile (s)", "{:.1f}"),
    "median_actions": ("actions a recording, median", "{:.1f}"),
    "repeated": ("repeats the action before", "{:.0%}"),
    "returned": ("returns to an earlier one", "{:.0%}"),
    "entropy": ("next action, given this one (bits)", "{:.2f}"),
    "unknown": ("next action, given nothing (bits)", "{:.2f}"),
}
HERE = Path(__file__).parent


def card(manifests: Sequence[Path], real: Path | None, command: str) -> str:
    """The card in Markdown.  Raises BrokenManifest, UnreadableSource."""
    sets = {path.resolve().parent.name: (path, read_manifest(path)) for path in manifests}
    described_sets = "".join(_described_set(name, path, rows) for name, (path, rows) in sets.items())
    compared, about = {name: acts_of(rows) for name, (_, rows) in sets.items()}, ""
    if real is not None:
        compared["real"] = real_acts(real)
        without = sum(act.kind is None for act in compared["real"]) / len(compared["real"])
        about = _text("card_real.md").format(without=without)
    return _text("card_text.md").format(
        command=command, sets=described_sets, real=about, comparison=_comparison(compared)
    )


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _described_set(name: str, path: Path, rows: Sequence[ClipRow]) -> str:
    held = summary(rows)
    seconds = sum(row.end_s - row.start_s for row in rows)
    lines = [
        f"\n## {name}\n",
        *_made(path.with_name(SETTINGS_NAME)),
        f"{held['clips']} clips ({seconds / 3600:.1f} h), {held['workflows']} workflows of "
        f"{seconds / held['workflows']:.0f} s on average, {held['wearers']} wearers, "
        f"{held['with_gaze']} clips with gaze.\n",
        _sizes(rows),
        _classes(rows),
    ]
    return "\n".join(lines)


def _made(settings: Path) -> list[str]:
    """The command that rendered a set, from what the render left beside it."""
    if not settings.is_file():
        return []
    asked = json.loads(settings.read_text(encoding="utf-8"))
    further = ("workflow_s", "gaze_format", "camera")
    flags = {
        name: asked[name]
        for name in further
        if asked.get(name, getattr(Settings, name)) != getattr(Settings, name)
    }
    command = f"    python -m pipelines render --labels {asked['labels']} --workflows {asked['workflows']}"
    command += f" --seed {asked['seed']} --rate-hz {asked['rate_hz']:g}"
    command += "".join(f" --{name.replace('_', '-')} {value}" for name, value in flags.items())
    command += "".join([" --signals"] * bool(asked["signals"]) + [" --no-clips"] * (not asked["clips"]))
    return [f"{command} --out {settings.parent.name}\n"]


def _sizes(rows: Sequence[ClipRow]) -> str:
    table = [("split", "clips", "workflows", "wearers")]
    for split in SPLITS:
        within = [row for row in rows if row.split == split]
        workflows, wearers = ({getattr(row, key) for row in within} for key in ("workflow", "wearer"))
        table.append((split, *(str(len(each)) for each in (within, workflows, wearers))))
    return _table(table)


def _classes(rows: Sequence[ClipRow]) -> str:
    counts = {label: [0] * len(SPLITS) for label in sorted({row.label for row in rows})}
    for row in rows:
        counts[row.label][SPLITS.index(row.split)] += 1
    common = sorted(counts, key=lambda label: (label == NO_ACTION, -sum(counts[label])))
    lengths_s = mean_lengths_s(acts_of(rows))
    table = [("label", *SPLITS, "mean length of an action (s)")]
    for label in common[:MOST_LABELS]:
        length = f"{lengths_s[label]:.0f}" if label in lengths_s else ""
        table.append((label, *map(str, counts[label]), length))
    rest = len(common) - MOST_LABELS
    return _table(table) + (f"\n… and {rest} more narrations.\n" if rest > 0 else "")


def _comparison(compared: dict[str, Sequence[Act]]) -> str:
    columns = [described(acts) for acts in compared.values()]
    table = [("", *compared)]
    table += [
        (title, *(form.format(each[key]) for each in columns)) for key, (title, form) in MEASURES.items()
    ]
    return _table(table)


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---" * len(rows[0]) + "|")
    return "\n".join(lines) + "\n"
