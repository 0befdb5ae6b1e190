"""What the tabs share: the loaded models, the fetches, and the sessions of the visitors."""

from dataclasses import dataclass, field
from functools import cached_property

import gradio as gr

from pipelines.page.session import Session, SessionStore
from zoo.hub.fetches import Fetches
from zoo.model_store import ModelStore


@dataclass(frozen=True)
class PageContext:
    """One for a page and all its visitors."""

    store: ModelStore = field(default_factory=ModelStore)
    sessions: SessionStore = field(default_factory=SessionStore)

    @cached_property
    def fetches(self) -> Fetches:
        """The downloads of all visitors; files of loaded models are never deleted to make room."""
        return Fetches(in_use=self.store.uses)

    def session(self, request: gr.Request) -> Session:
        """The session of the visitor who asks."""
        return self.sessions.get(request.session_hash)

    def leave(self, request: gr.Request) -> None:
        """A visitor closed the page, or loads it again."""
        self.sessions.leave(request.session_hash)
