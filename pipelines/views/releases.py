"""A release in a menu, what to know of it before it answers, and how far fetching it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.views.format import f1_by_name, left
from pipelines.views.origin import release_title
from pipelines.views.templates import render
from zoo.hub.disk import format_bytes
from zoo.hub.download import find_local
from zoo.hub.fetches import VERIFYING, Progress
from zoo.releases import Release, measured_f1, trained_on
from zoo.tiers import TIERS
from zoo.weights import Weights

EMBEDDED = TIERS[0]


@dataclass(frozen=True, kw_only=True)
class ReleaseFacts:
    """A release as a visitor reads of it: each a part of a sentence, "" for what is not known."""

    title: str
    trained_on: str
    f1: str
    place: str
    memory: str = ""


def choice_title(release: Release) -> str:
    """A line of a menu: the variant, whose release it is, and whether its weights are on this machine."""
    title, weights = release.variant.title, release.weights
    if release.tier == EMBEDDED:
        return f"{title} · demo"
    if weights.revision is None:
        return f"{title} · {release_title(release)}"
    place = "on this machine" if is_local(release) else "to be fetched"
    return f"{title} · {release_title(release)} ({place})"


def is_local(release: Release) -> bool:
    """Whether everything that a release needs is on this machine."""
    return all(find_local(part) for part in release.parts)


def facts_of(release: Release, download_bytes: int | None = None, memory: str = "") -> ReleaseFacts:
    """What is known of a release; download_bytes are those that are still to be fetched, if that is known."""
    folder = find_local(release.weights)
    return ReleaseFacts(
        title=choice_title(release).partition(" (")[0],
        trained_on=trained_on(release, folder),
        f1=f1_by_name(measured_f1(folder, release.labels.key)) if folder else "",
        place=_place(release, download_bytes),
        memory=memory,
    )


def _place(release: Release, download_bytes: int | None) -> str:
    if is_local(release):
        return f"on this machine, {format_bytes(sum(map(_size, release.parts)))}"
    return "to be fetched" + ("" if download_bytes is None else f": {format_bytes(download_bytes)}")


def _size(weights: Weights) -> int:
    return sum(path.stat().st_size for path in find_local(weights).rglob("*") if path.is_file())


def release_html(
    releases: Sequence[ReleaseFacts], faults: Sequence[str] = (), progress: Progress | None = None
) -> str:
    """What stands under the settings: the chosen releases, how far fetching is, and what went wrong."""
    share = progress and progress.total_bytes and progress.done_bytes / progress.total_bytes
    summary = progress_sentence(progress) if progress else ""
    return render("release.html", releases=releases, faults=faults, share=share, summary=summary)


def progress_sentence(progress: Progress) -> str:
    """How far a fetch that goes on is: “Fetching: 120.0 MB of 0.8 GB, about 40 s left.”"""
    if progress.state == VERIFYING:
        return "Fetched; the files are compared with their hashes …"
    if progress.total_bytes is None:
        return "Fetching: the Hub lists its files …"
    done = f"Fetching: {format_bytes(progress.done_bytes)} of {format_bytes(progress.total_bytes)}"
    time_left = "" if progress.seconds_left is None else f", about {left(progress.seconds_left)} left"
    evicted = "".join(f" {each} was deleted to make room." for each in progress.evicted)
    return f"{done}{time_left}.{evicted}"
