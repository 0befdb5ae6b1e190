"""What an answer is beside the settings that are chosen now, and what of it stands."""

from pipelines.page.session import Session
from pipelines.page.settings import Settings, offered_releases
from pipelines.recognition.recognise import Recognition
from pipelines.views.format import count_clips
from zoo.release_choices import ReleaseChoice
from zoo.releases import Release


def what_stands(answer: Recognition | None) -> str:
    """What a run that did not end leaves on the page."""
    if answer is None:
        return "Nothing was named."
    named = len(answer.clips)
    if answer.finished:
        return f"The result stands: {count_clips(named)}."
    return f"The first {count_clips(named)} stand{'s' * (named == 1)}."


def chosen_release(session: Session, settings: Settings) -> Release | None:
    """The release that is chosen; None if there is none for the labels."""
    for each in offered_releases(session):
        if (ReleaseChoice.of(each).text, each.labels.key) == (settings.model, settings.labels):
            return each
    return None


def is_of_earlier_settings(answer: Recognition, settings: Settings) -> bool:
    """Whether other settings are chosen now than those that the answer is of."""
    chosen = (settings.model, settings.labels, settings.encoding)
    return chosen != (
        ReleaseChoice.of(answer.release).text,
        answer.release.labels.key,
        answer.encoding.name,
    )
