"""Whose result it is, in words: model, encoding, labels, release, and what the model has learnt from."""

from collections.abc import Iterable

from pipelines.recognition.comparison import Comparison
from pipelines.recognition.recognise import Recognition
from pipelines.views.format import count, tier_title
from pipelines.views.templates import render
from zoo.hub.download import find_local
from zoo.releases import Release, trained_on

RENDERED = "rendered scenes"


def release_title(release: Release) -> str:
    """“demo release”, ORG/NAME@REVISION, or a folder by its name."""
    weights = release.weights
    if weights.revision:
        return f"{weights.name}@{weights.revision[:8]}"
    return "demo release" if release.tier == "embedded" else f"folder {weights.name}"


def origin_of(answer: Recognition) -> str:
    """Model, encoding, labels and release of an answer: “Vi-Cl · VG · Lab Actions · demo release”."""
    release = answer.release
    title = release_title(release)
    return " · ".join((release.variant.title, answer.encoding.name, release.labels.title, title))


def origin_of_comparison(comparison: Comparison) -> str:
    """The same for the answers of several models: “8 models · VG · Lab Actions · demo releases”."""
    models = [run.title for run in comparison.answered]
    named = ", ".join(models) if len(models) <= 3 else count(len(models), "model")
    tiers = {run.answer.release.tier for run in comparison.answered} or {comparison.tier}
    releases = " and ".join(f"{tier_title(tier)} releases" for tier in sorted(tiers))
    parts = (named or "no answer", comparison.encoding.name, comparison.labels.title, releases)
    return " · ".join(parts)


def warning_of(release: Release) -> str:
    """What to know before believing the labels of one's own recording: what the model has learnt from."""
    return warning([trained_on(release, find_local(release.weights))])


def warning(training_data: Iterable[str]) -> str:
    """The same for the training data of several models; those that do not say theirs are left out."""
    stated = sorted({each for each in training_data if each})
    models = "This model has" if len(stated) < 2 else "These models have"
    if not stated:
        return f"{models} not said what it has learnt from: check its names for your recording by eye."
    if stated == [RENDERED]:
        return (
            f"{models} learnt from {RENDERED} only, never from video of a real lab: "
            "its names for your recording mean little."
        )
    return (
        f"{models} learnt from {' and '.join(stated)}. How well the names fit a recording like yours "
        "was not measured: check them by eye."
    )


def origin_html(origin: str, warning: str = "", earlier: bool = False) -> str:
    """The line on the result itself; earlier if the settings that are chosen now are other ones."""
    return render("origin.html", origin=origin, warning=warning, earlier=earlier)
