"""The settings of a run: which releases answer, label sets, encodings."""

from collections.abc import Sequence
from typing import NamedTuple

import gradio as gr

from encodings.names import ENCODINGS, Encoding
from pipelines.page.controls import PLAIN, Menu
from pipelines.page.session import Session
from pipelines.views.releases import choice_title
from zoo.labels import LABEL_SETS, label_set
from zoo.release_choices import EMBEDDED, HUB, ReleaseChoice, available_releases
from zoo.releases import Release
from zoo.variants import VARIANTS

ENCODING_INFO = "what the model is shown"
NO_MODEL = "No model is on this machine."
NO_MODEL_CHOSEN = "Choose at least one model."

Choices = list[tuple[str, str]]  # (title, key)
Releases = Sequence[Release]


class Settings(NamedTuple):
    """The values of a tab's settings, in the order in which its events send them."""

    model: str | list[str] | None  # a `ReleaseChoice` as text, or several where the tab compares
    labels: str
    encoding: str | None = None
    against: str | None = None  # the workflow that others are aligned with
    chance: bool = False  # whether a random draw is shown


def offered_releases(session: Session | None = None) -> tuple[Release, ...]:
    """The embedded and the pinned releases, and those that a visitor has named."""
    named = tuple(session.named.values()) if session else ()
    return tuple(dict.fromkeys((*available_releases(), *named)))


def model_choices(releases: Releases) -> Choices:
    """Every release, by variant; a variant that is not on the Hub yet is listed too, and then says so."""
    choices = {}
    for recipe in VARIANTS:
        of_variant = [each for each in releases if each.variant == recipe]
        choices |= {ReleaseChoice.of(each).text: choice_title(each) for each in of_variant}
        if not any(each.tier == HUB for each in of_variant):
            choices[ReleaseChoice(variant=recipe, tier=HUB).text] = f"{recipe.title} · not on the Hub yet"
    return [(title, text) for text, title in choices.items()]


def first_model(releases: Releases) -> str | None:
    """The choice that stands there first: the first embedded release."""
    return next((ReleaseChoice.of(each).text for each in releases if each.tier == EMBEDDED), None)


def variant_choices(labels: str, releases: Releases) -> tuple[Choices, list[str]]:
    """The releases for a label set, and the embedded ones among them, which are chosen first.

    A variant without any embedded release says so, and can be chosen.
    """
    of_labels = [each for each in releases if each.labels.key == labels]
    choices = []
    for recipe in VARIANTS:
        of_variant = [each for each in of_labels if each.variant == recipe]
        if not any(each.tier == EMBEDDED for each in of_variant):
            choices.append((f"{recipe.title} (no release yet)", recipe.key))
        choices += [(choice_title(each), ReleaseChoice.of(each).text) for each in of_variant]
    return choices, [ReleaseChoice.of(each).text for each in of_labels if each.tier == EMBEDDED]


def label_choices(releases: Releases) -> Choices:
    """The label sets; those without a release say so."""
    return [
        (each.title if encoding_choices(each.key, releases) else f"{each.title} (no release yet)", each.key)
        for each in LABEL_SETS
    ]


def encoding_choices(labels: str, releases: Releases, model: str | None = None) -> Choices:
    """The encodings that a release, or without `model` any of them, was trained on for a label set."""
    names = {
        name
        for each in releases
        if each.labels.key == labels and model in (None, ReleaseChoice.of(each).text)
        for name in each.encodings
    }
    return [(f"{each.name}: {each.title}", each.name) for each in ENCODINGS if each.name in names]


def encoding_update(session: Session, labels: str, model: str | None = None, used: Encoding | None = None):
    """The encodings to choose from: the one already used, else with the gaze if there is any."""
    releases = offered_releases(session)
    choices = encoding_choices(labels, releases, model)
    names = [name for _, name in choices]
    without_gaze = session.recording is not None and session.recording.gaze is None
    wanted = used.name if used else "V" if without_gaze else "VG"
    chosen = wanted if wanted in names else next(iter(names), None)
    info = missing_release(labels, releases, model) or ENCODING_INFO
    return gr.update(choices=choices, value=chosen, info=info)


def models_update(labels: str, releases: Releases):
    """The releases for a label set; variants without an embedded one can be chosen, and then say so."""
    choices, chosen = variant_choices(labels, releases)
    return gr.update(choices=choices, value=chosen, info=models_info(chosen, releases))


def missing_release(labels: str, releases: Releases, model: str | None = None) -> str:
    """Why there is no encoding to choose; "" if there is one."""
    if not model and first_model(releases) is None:
        return NO_MODEL
    if encoding_choices(labels, releases, model):
        return ""
    title = label_set(labels).title
    if not model:
        return f"No release for {title} is on this machine yet."
    choice = ReleaseChoice.parse(model)
    if choice.tier == HUB and choice.weights is None:
        return (
            f"{choice.variant.title} has not been pushed to the Hub yet: train it and push it with "
            "“python -m pipelines push --pin”, or name a repository or a folder of your own below."
        )
    for each in releases:
        if choice.weights and ReleaseChoice.of(each) == choice:
            return f"{choice_title(each)} was trained on {each.labels.title}; choose those labels."
    return f"{choice.variant.title} has no release for {title} on this machine yet."


def models_info(chosen: Sequence[str], releases: Releases) -> str:
    """Why Compare cannot start, "" if it can."""
    if chosen:
        return ""
    return NO_MODEL_CHOSEN if first_model(releases) else NO_MODEL


def recognise_settings() -> tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown]:
    """Place the controls of a run of one model: model, labels, encoding."""
    releases = offered_releases()
    model, labels = first_model(releases), label_choices(releases)
    first = labels[0][1]
    encodings = encoding_choices(first, releases, model)
    info = missing_release(first, releases, model) or ENCODING_INFO
    with gr.Row():
        return (
            Menu(
                model_choices(releases),
                value=model,
                label="Model",
                info="it names the clips",
                scale=6,
                **PLAIN,
            ),
            gr.Dropdown(labels, value=first, label="Labels", info="the names it can give", scale=5, **PLAIN),
            Menu(encodings, label="Encoding", info=info, scale=6, **PLAIN),
        )


def compare_settings() -> tuple[gr.CheckboxGroup, gr.Dropdown, gr.Dropdown]:
    """Place the controls of a run of several models: models, labels, encoding."""
    releases = offered_releases()
    choices = [(each.title, each.key) for each in LABEL_SETS]
    first = choices[0][1]
    shown = missing_release(first, releases) or "what the models are shown, where they were trained on it"
    with gr.Row():
        labels = gr.Dropdown(
            choices, value=first, label="Labels", info="the names they can give", scale=3, **PLAIN
        )
        encodings = encoding_choices(first, releases)
        encoding = Menu(encodings, label="Encoding", info=shown, scale=3, **PLAIN)
    models, chosen = variant_choices(first, releases)
    model = gr.CheckboxGroup(
        models,
        value=chosen,
        label="Models",
        info=models_info(chosen, releases),
        elem_id="models",
        interactive=True,
    )
    return model, labels, encoding
