"""The catalogue as a table: each variant, where its weights come from, how good it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.catalogue import Entry
from pipelines.evaluation.published import TABLE_2, below_chance
from pipelines.views.format import f1_by_name, fixed, megabytes
from pipelines.views.templates import render


@dataclass(frozen=True, kw_only=True)
class ZooRow:
    """An entry, and in words where its weights are, its F1 measured and its F1 in the paper."""

    entry: Entry
    weights: str
    measured: str
    published: str


def zoo_html(entries: Iterable[Entry]) -> str:
    """The catalogue as a table."""
    return render("zoo.html", rows=[_row(entry) for entry in entries])


def _row(entry: Entry) -> ZooRow:
    key, labels = entry.variant.key, entry.labels.key
    below = " ▼ below chance" if below_chance(key, labels) else ""
    return ZooRow(
        entry=entry,
        weights=_weights(entry),
        measured=_measured(entry),
        published=fixed(TABLE_2[labels][key].f1, 2) + below,
    )


def _weights(entry: Entry) -> str:
    weights = entry.weights
    if weights is None:
        return ""
    revision = f" @ {weights.revision[:8]}" if weights.revision else ""
    size = "" if weights.size_bytes is None else f", {megabytes(weights.size_bytes)}"
    return f"{weights.source}{revision}{size} ({entry.state})"


def _measured(entry: Entry) -> str:
    scores, chance = entry.measured.f1, entry.measured.chance
    below = chance is not None and any(f1 < chance for f1 in scores.values())
    return (f1_by_name(scores) or "not measured") + (f" ▼ below chance ({chance:.2f})" if below else "")
