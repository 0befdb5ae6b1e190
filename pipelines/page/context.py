"""What the tabs share: the loaded models, and the sessions of the visitors."""

from dataclasses import dataclass, field

import gradio as gr

from pipelines.page.session import Session, SessionStore
from zoo.model_store import ModelStore


@dataclass(frozen=True)
class PageContext:
    """One for a page and all its visitors."""

    store: ModelStore = field(default_factory=ModelStore)
    sessions: SessionStore = field(default_factory=SessionStore)

    def session(self, request: gr.Request) -> Session:
        """The session of the visitor who asks."""
        return self.sessions.get(request.session_hash)

    def leave(self, request: gr.Request) -> None:
        """A visitor closed the page, or loads it again."""
        self.sessions.leave(request.session_hash)
