"""The dataset card: what rendered sets hold, how they were made, and how they differ from real work.

Its text is in the Markdown templates card_text.md, card_set.md and card_real.md beside this file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipelines.datasets.manifest import SPLITS, ClipRow, read_manifest, summary
from pipelines.datasets.rendered.output.folder import SETTINGS_NAME
from pipelines.datasets.rendered.output.settings import Settings
from pipelines.datasets.structure import (
    Action,
    Statistics,
    actions_of,
    mean_lengths_s,
    read_egoexolearn,
    statistics_of,
)
from zoo.labels import NO_ACTION

MAX_LABELS = 12  # a set of more labels is narrated in free text, and its rarer ones are not listed
MEASURES = {  # fields of `Statistics`: in words, and how each is written
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
    "prior_entropy": ("next action, given nothing (bits)", "{:.2f}"),
}
OPTIONS = ("workflow_s", "gaze_format", "camera")  # of `render`, shown where they are not the default
HERE = Path(__file__).parent


def card(manifests: Sequence[Path], real: Path | None, command: str) -> str:
    """The card in Markdown; real is a folder of EgoExoLearn's tables.

    Raises BrokenManifest, UnreadableSource.
    """
    rows = {path: read_manifest(path) for path in manifests}
    sets = "".join(map(_set_section, rows, rows.values()))
    actions = {_set_name(path): actions_of(each) for path, each in rows.items()}
    about_real = ""
    if real is not None:
        actions["real"] = read_egoexolearn(real)
        without = sum(action.kind is None for action in actions["real"]) / len(actions["real"])
        about_real = _template("card_real.md").format(without=without)
    return _template("card_text.md").format(
        command=command, sets=sets, real=about_real, comparison=_comparison(actions)
    )


def _template(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _set_name(manifest: Path) -> str:
    return manifest.resolve().parent.name


def _set_section(manifest: Path, rows: Sequence[ClipRow]) -> str:
    counts = summary(rows)
    seconds = sum(row.end_s - row.start_s for row in rows)
    return _template("card_set.md").format(
        **counts
        | {
            "name": _set_name(manifest),
            "command": _render_command(manifest.with_name(SETTINGS_NAME)),
            "hours": seconds / 3600,
            "workflow_s": seconds / counts["workflows"],
            "splits": _splits_table(rows),
            "labels": _labels_table(rows),
        }
    )


def _render_command(settings_path: Path) -> str:
    """The command that rendered a set, as a paragraph, from the settings that the render left beside it."""
    if not settings_path.is_file():
        return ""
    settings = json.loads(settings_path.read_text(encoding="utf-8"))
    default = {name: getattr(Settings, name) for name in OPTIONS}
    changed = [name for name in OPTIONS if settings.get(name, default[name]) != default[name]]
    words = [
        f"python -m pipelines render --labels {settings['labels']} --workflows {settings['workflows']}",
        f"--seed {settings['seed']} --rate-hz {settings['rate_hz']:g}",
        *(f"--{name.replace('_', '-')} {settings[name]}" for name in changed),
        *(["--signals"] if settings["signals"] else []),
        *([] if settings["clips"] else ["--no-clips"]),
        f"--out {settings_path.parent.name}",
    ]
    return f"    {' '.join(words)}\n\n"


def _splits_table(rows: Sequence[ClipRow]) -> str:
    table = [("split", "clips", "workflows", "wearers")]
    for split in SPLITS:
        within = [row for row in rows if row.split == split]
        workflows, wearers = ({getattr(row, key) for row in within} for key in ("workflow", "wearer"))
        table.append((split, *(str(len(each)) for each in (within, workflows, wearers))))
    return _table(table)


def _labels_table(rows: Sequence[ClipRow]) -> str:
    """Clips of each label by split, the most common label first and No action last."""
    total = Counter(row.label for row in rows)
    by_split = Counter((row.label, row.split) for row in rows)
    common = sorted(total, key=lambda label: (label == NO_ACTION, -total[label], label))
    lengths_s = mean_lengths_s(actions_of(rows))
    table = [("label", *SPLITS, "mean length of an action (s)")]
    for label in common[:MAX_LABELS]:
        length = f"{lengths_s[label]:.0f}" if label in lengths_s else ""
        table.append((label, *(str(by_split[label, split]) for split in SPLITS), length))
    rest = len(common) - MAX_LABELS
    return _table(table) + (f"\n\n… and {rest} more narrations." if rest > 0 else "")


def _comparison(actions: dict[str, Sequence[Action]]) -> str:
    columns: list[Statistics] = [statistics_of(each) for each in actions.values()]
    table = [("", *actions)]
    table += [
        (title, *(form.format(getattr(each, name)) for each in columns))
        for name, (title, form) in MEASURES.items()
    ]
    return _table(table)


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---" * len(rows[0]) + "|")
    return "\n".join(lines)
