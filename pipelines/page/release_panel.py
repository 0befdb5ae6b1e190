"""The panel under the settings: what to know of the chosen releases, fetching them, and naming others."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import gradio as gr

from encodings.clip import V
from pipelines.limits import on_space
from pipelines.page.context import PageContext
from pipelines.page.controls import Updates
from pipelines.page.session import Session
from pipelines.page.settings import Settings
from pipelines.views.releases import ReleaseFacts, facts_of, is_local, release_html
from zoo.hub.download import read_config
from zoo.hub.fetches import Fetch
from zoo.hub.listing import download_bytes
from zoo.hub.revisions import parse_release
from zoo.labels import LABEL_SETS, label_set
from zoo.memory_plan import plan_memory
from zoo.release_choices import HUB, ReleaseChoice, pins_fault
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import WeightsMissing

DRAWN_EVERY_S = 0.4  # while a release is fetched
SHOWN = 3  # releases that are described one by one; of more, only those that are to be fetched
NO_NAMES = "On this Space only the listed releases answer; run BenchScribe on your own machine for others."


@dataclass(frozen=True, eq=False, kw_only=True)
class ReleasePanel:
    """Its components, and what its callbacks draw."""

    context: PageContext
    note: gr.HTML
    fetch: gr.Button
    cancel: gr.Button
    name: gr.Textbox
    add: gr.Button
    problem: gr.HTML  # why what was named is no release

    @classmethod
    def build(cls, context: PageContext) -> "ReleasePanel":
        """Place it here; on a Space visitors cannot name folders and repositories."""
        note = gr.HTML(elem_classes="releases")
        with gr.Row():
            fetch = gr.Button("Fetch now", size="sm", visible=False, scale=0, min_width=140)
            cancel = gr.Button("Stop fetching", size="sm", visible=False, scale=0, min_width=140)
        another = gr.Accordion("Use another release", open=False, visible=not on_space())
        with another, gr.Row(equal_height=True):
            name = gr.Textbox(
                label="Repository or folder",
                placeholder="ORG/NAME@REVISION, or a folder of this machine",
                info="a release of your own; REVISION is a commit of 40 hexadecimal digits",
                max_lines=1,
                scale=4,
            )
            add = gr.Button("Add to the models", scale=1, min_width=140)
        with another:
            problem = gr.HTML()
        return cls(
            context=context, note=note, fetch=fetch, cancel=cancel, name=name, add=add, problem=problem
        )

    def draw(self, session: Session, settings: Settings, ask_hub: bool = False) -> Updates:
        """What to know of the chosen releases; ask_hub also says how much is to be fetched."""
        releases, faults = chosen_releases(settings)
        remote = [each for each in releases if not is_local(each)]
        shown = releases if len(releases) <= SHOWN else remote
        facts = [_ask_hub(each) if ask_hub else facts_of(each) for each in shown]
        faults += [fault for text, fault in session.faults.items() if text in choices_of(settings)]
        return {
            self.note: release_html(facts, [*faults, *filter(None, [pins_fault()])]),
            self.fetch: gr.update(visible=bool(remote)),
            self.cancel: gr.update(visible=False),
        }

    def fetch_chosen(self, session: Session, settings: Settings) -> Iterator[Updates]:
        """Fetch what is not on this machine, one release after the other.

        The session keeps why those failed that could not be fetched.  Closing the iterator wants no more.
        """
        session.faults.clear()
        for release in chosen_releases(settings)[0]:
            if is_local(release):
                continue
            fetch = self.context.fetches.start(release)
            try:
                yield from self._follow(release, fetch)
            finally:
                fetch.leave()
            if fetch.progress.error:
                session.faults[ReleaseChoice.of(release).text] = fetch.progress.error
        yield self.draw(session, settings)

    def _follow(self, release: Release, fetch: Fetch) -> Iterator[Updates]:
        """Draw how far a fetch is until it is over."""
        facts = [facts_of(release)]
        while not (progress := fetch.progress).over:
            yield {
                self.note: release_html(facts, progress=progress),
                self.fetch: gr.update(visible=False),
                self.cancel: gr.update(visible=True),
            }
            time.sleep(DRAWN_EVERY_S)


def _ask_hub(release: Release) -> ReleaseFacts:
    """What is known of a release once the Hub has said how large its files are."""
    memory = ""
    with suppress(WeightsMissing):  # without a hub in reach it is not known
        memory = str(plan_memory(release))
    return facts_of(release, download_bytes(release.parts), memory)


def choices_of(settings: Settings) -> list[str]:
    """The texts of the releases that are chosen."""
    return [settings.model] if isinstance(settings.model, str) else list(settings.model or [])


def chosen_releases(settings: Settings) -> tuple[list[Release], list[str]]:
    """The releases that are chosen, and why others that are chosen are none."""
    releases, faults = [], []
    for text in choices_of(settings):
        for encoding in dict.fromkeys((settings.encoding or V.name, V.name)):
            try:
                releases.append(ReleaseChoice.parse(text).find(settings.labels, encoding))
                break
            except WeightsMissing as error:
                fault = str(error)
        else:
            faults.append(fault)
    return releases, faults


def name_release(session: Session, text: str, settings: Settings) -> tuple[ReleaseChoice, str]:
    """Take a repository or a folder that a visitor names; returns its choice, and a label set it answers for.

    Raises WeightsMissing.
    """
    if on_space():
        raise WeightsMissing(NO_NAMES)
    weights = parse_release(text.strip())
    config = read_config(weights)
    shown = next(iter(choices_of(settings)), "vi-cl")
    recipe = variant(config.variant) if config.variant else ReleaseChoice.parse(shown).variant
    choice = ReleaseChoice(variant=recipe, tier=HUB, weights=weights)
    encodings = config.encodings or (V.name,)
    label_sets = [label_set(config.labels)] if config.labels else LABEL_SETS
    for labels in label_sets:
        release = choice.find(labels.key, encodings[0])
        session.named[f"{choice.text} {labels.key}"] = replace(release, encodings=encodings)
    chosen = {each.key for each in label_sets}
    return choice, settings.labels if settings.labels in chosen else label_sets[0].key
