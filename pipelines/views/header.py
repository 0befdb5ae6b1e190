"""The head of the page: which models answer, what they were trained on, how good they are."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.views.status import NO_MODELS
from pipelines.views.templates import render
from zoo.release_config import ReleaseConfig
from zoo.releases import Release, embedded_releases, measured_f1


def header(where: str = "") -> str:
    """Title and tier; `where` names the device that the models run on."""
    return render("header.html", tier=tier_sentence(embedded_releases(), where))


def tier_sentence(releases: Sequence[Release], where: str = "") -> str:
    """What the embedded tier was trained on, what it runs on, and its F1."""
    if not releases:
        return NO_MODELS
    named = {ReleaseConfig.read(Path(each.weights.source)).trained_on for each in releases} - {""}
    trained_on = " and ".join(sorted(named))
    tier = f"Embedded tier: small models trained on {trained_on}, never on video of a real lab{where}"
    return f"{tier}; {f1_sentence(releases)}"


def f1_sentence(releases: Sequence[Release]) -> str:
    """The F1 of releases on wearers that training never saw."""
    scores = [
        f1 for each in releases for f1 in measured_f1(Path(each.weights.source), each.labels.key).values()
    ]
    if not scores:
        return "how good they are was not measured."
    low, high = f"{min(scores):.2f}", f"{max(scores):.2f}"
    reached = low if low == high else f"{low} to {high}"
    return f"on rendered scenes they had never seen they reach an F1 of {reached} (1 is perfect)."
