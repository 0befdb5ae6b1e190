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
from pipelines.page.settings import Settings, offered_releases
from pipelines.views.releases import ReleaseFacts, facts_of, is_local, release_html
from zoo.hub.disk import format_bytes
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
OFFERED = ("x-clip", "video-llava")  # zero-shot: they answer for any label set without training
SHOWN = 3  # releases that are described one by one; of more, only those that are to be fetched
NO_NAMES = "On this Space only the listed releases answer; run BenchScribe on your own machine for others."


@dataclass(frozen=True, eq=False, kw_only=True)
class ReleasePanel:
    """Its components, and what its callbacks draw."""

    context: PageContext
    note: gr.HTML
    fetch: gr.Button
    cancel: gr.Button
    offers: dict[str, gr.Button]  # zero-shot variants from the Hub, for a recording of one's own
    name: gr.Textbox
    add: gr.Button
    problem: gr.HTML  # why what was named is no release

    @classmethod
    def build(cls, context: PageContext, offered: tuple[str, ...] = ()) -> "ReleasePanel":
        """Make it here, where others are named; on a Space visitors cannot.  `place_note` has the rest."""
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
        look = {"size": "sm", "visible": False, "scale": 0, "render": False}
        return cls(
            context=context,
            note=gr.HTML(elem_classes="releases", render=False),
            fetch=gr.Button("Fetch now", min_width=120, **look),
            cancel=gr.Button("Stop fetching", min_width=120, **look),
            offers={key: gr.Button(min_width=220, **look) for key in offered},
            name=name,
            add=add,
            problem=problem,
        )

    def place_note(self) -> None:
        """Place here what to know of the chosen releases."""
        with gr.Row(elem_classes="notes"):
            for each in (self.note, *self.offers.values(), self.fetch, self.cancel):
                each.render()

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
            **(self.draw_offers(session, settings) if ask_hub else self.withdraw_offers()),
        }

    def draw_offers(self, session: Session, settings: Settings) -> Updates:
        """Offer zero-shot models from the Hub for an own recording, if it is in reach and memory allows."""
        updates = self.withdraw_offers()
        if session.recording is None or session.example:
            return updates
        for key, text in self.offered(session, settings).items():
            if text == settings.model:
                continue
            release = ReleaseChoice.parse(text).find(settings.labels, V.name)
            missing = download_bytes(release.parts)
            with suppress(WeightsMissing):
                if missing is not None and plan_memory(release).fits:
                    size = f"{format_bytes(missing)} from the Hub" if missing else "on this machine"
                    title = f"Try the full-size {release.variant.title} ({size})"
                    updates[self.offers[key]] = gr.update(value=title, visible=True)
        return updates

    def offered(self, session: Session, settings: Settings) -> dict[str, str]:
        """The choices of zero-shot models from the Hub for the chosen labels, by variant."""
        releases = [each for each in offered_releases(session) if each.variant.key in self.offers]
        return {
            each.variant.key: ReleaseChoice.of(each).text
            for each in releases
            if each.tier == HUB and each.labels.key == settings.labels
        }

    def withdraw_offers(self) -> Updates:
        """Offer nothing."""
        return {each: gr.update(visible=False) for each in self.offers.values()}

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
