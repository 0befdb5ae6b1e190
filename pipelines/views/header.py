"""The head of the page: what to do here, which models answer, how good the chosen one is."""

from pathlib import Path

from pipelines.evaluation.published import DOI
from pipelines.views.status import NO_MODELS
from pipelines.views.templates import render
from zoo.releases import Release, embedded_releases, measured_f1

ROOT = Path(__file__).parents[2]
PAGES = {"Documentation": ROOT / "README.md", "Licence": ROOT / "LICENSE"}  # served as they are


def header_html(release: Release | None, encoding: str | None = None) -> str:
    """The head of the page, with the chosen model's own F1; None if no release is chosen."""
    return render(
        "header.html",
        problem="" if release or embedded_releases() else NO_MODELS,
        demo=release is None or release.tier == "embedded",
        chosen=f1_sentence(release, encoding) if release else "",
        paper=f"https://doi.org/{DOI}",
        pages={title: f"gradio_api/file={path}" for title, path in PAGES.items()},
    )


def f1_sentence(release: Release, encoding: str | None = None) -> str:
    """The F1 of one release for an encoding, on wearers that training never saw: “Vi-Cl: F1 0.81”."""
    scores = {} if release.weights.revision else measured_f1(Path(release.weights.source), release.labels.key)
    if encoding not in scores:
        return f"{release.variant.title}: F1 not measured"
    return f"{release.variant.title}: F1 {scores[encoding]:.2f}"
