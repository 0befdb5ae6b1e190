"""The settings of a run in the embedded tier: models, label sets, encodings."""

from typing import NamedTuple

import gradio as gr

from encodings.names import ENCODINGS, Encoding
from pipelines.page.controls import PLAIN
from pipelines.page.session import Session
from zoo.labels import LABEL_SETS, label_set
from zoo.releases import embedded_releases
from zoo.variants import VARIANTS, variant

ENCODING_INFO = "what the model is shown"
NO_MODEL = "No model is on this machine."

NO_MODEL_CHOSEN = "Choose at least one model."

Choices = list[tuple[str, str]]  # (title, key)


class Settings(NamedTuple):
    """The values of a tab's settings, in the order in which its events send them."""

    model: str | list[str] | None  # one key, or several where the tab compares
    labels: str
    encoding: str | None = None
    against: str | None = None  # the workflow that others are aligned with
    chance: bool = False  # whether a random draw is shown


def model_choices() -> Choices:
    """The variants with a release for any label set."""
    released = {each.variant for each in embedded_releases()}
    return [(each.title, each.key) for each in VARIANTS if each in released]


def variant_choices(labels: str) -> tuple[Choices, list[str]]:
    """All variants, and the keys of those with a release for a label set; the others say they have none."""
    released = {each.variant for each in embedded_releases() if each.labels.key == labels}
    choices = [
        (each.title if each in released else f"{each.title} (no release yet)", each.key) for each in VARIANTS
    ]
    return choices, [each.key for each in VARIANTS if each in released]


def label_choices() -> Choices:
    """The label sets; those without a release say so."""
    return [
        (each.title if encoding_choices(each.key) else f"{each.title} (no release yet)", each.key)
        for each in LABEL_SETS
    ]


def encoding_choices(labels: str, model: str | None = None) -> Choices:
    """The encodings that a model, or without `model` any of them, was trained on for a label set."""
    names = {
        name
        for each in embedded_releases()
        if each.labels.key == labels and model in (None, each.variant.key)
        for name in each.encodings
    }
    return [(f"{each.name}: {each.title}", each.name) for each in ENCODINGS if each.name in names]


def encoding_update(session: Session, labels: str, model: str | None = None, used: Encoding | None = None):
    """The encodings to choose from: the one already used, else with the gaze if there is any."""
    choices = encoding_choices(labels, model)
    names = [name for _, name in choices]
    without_gaze = session.recording is not None and session.recording.gaze is None
    wanted = used.name if used else "V" if without_gaze else "VG"
    chosen = wanted if wanted in names else next(iter(names), None)
    return gr.update(choices=choices, value=chosen, info=missing_release(labels, model) or ENCODING_INFO)


def models_update(labels: str):
    """The eight variants; those without a release can be chosen, and then say so."""
    choices, released = variant_choices(labels)
    return gr.update(choices=choices, value=released, info=models_info(released))


def missing_release(labels: str, model: str | None = None) -> str:
    """Why there is no encoding to choose; "" if there is one."""
    if encoding_choices(labels, model):
        return ""
    if not embedded_releases():
        return NO_MODEL
    title = label_set(labels).title
    if model and encoding_choices(labels):
        return f"{variant(model).title} has no release for {title} on this machine yet."
    return f"No release for {title} is on this machine yet."


def models_info(chosen: list[str]) -> str:
    """Why Compare cannot start, "" if it can."""
    if chosen:
        return ""
    return NO_MODEL_CHOSEN if model_choices() else NO_MODEL


def recognise_settings() -> tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown]:
    """Place the controls of a run of one model: model, labels, encoding."""
    models, labels = model_choices(), label_choices()
    model, first = next((key for _, key in models), None), labels[0][1]
    encodings, info = encoding_choices(first, model), missing_release(first, model) or ENCODING_INFO
    with gr.Row():
        return (
            gr.Dropdown(models, value=model, label="Model", info="who answers", scale=6, **PLAIN),
            gr.Dropdown(labels, value=first, label="Labels", info="what it may say", scale=5, **PLAIN),
            gr.Dropdown(encodings, label="Encoding", info=info, scale=6, **PLAIN),
        )


def compare_settings() -> tuple[gr.CheckboxGroup, gr.Dropdown, gr.Dropdown]:
    """Place the controls of a run of several models: models, labels, encoding."""
    choices = [(each.title, each.key) for each in LABEL_SETS]
    first = choices[0][1]
    shown = missing_release(first) or "what the models are shown, where they were trained on it"
    with gr.Row():
        labels = gr.Dropdown(
            choices, value=first, label="Labels", info="what may be answered", scale=3, **PLAIN
        )
        encoding = gr.Dropdown(encoding_choices(first), label="Encoding", info=shown, scale=3, **PLAIN)
    models, released = variant_choices(first)
    model = gr.CheckboxGroup(
        models,
        value=released,
        label="Models",
        info=models_info(released),
        elem_id="models",
        interactive=True,
    )
    return model, labels, encoding
