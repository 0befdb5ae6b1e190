"""Serve the real page with other releases than its own, at the pace that a test allows.

Run as: python -m tests.page.serve EMBEDDED GATE.  Files in the folder GATE say what happens: see `Gate`.
"""

import sys
import time
from pathlib import Path

import gradio.utils

import zoo.releases
from tests.page.gate import Gate

zoo.releases.EMBEDDED = Path(sys.argv[1])  # before the page is built

import app
import pipelines.page.progress
import pipelines.page.session


def main(gate: Gate) -> None:
    """Serve; each forward pass, and the deletion of what a visitor left, waits for the test."""
    embed, delete = app.context.store.embed, app.context.sessions._delete
    close_iterator = gradio.utils.SyncToAsyncIterator.aclose

    def wait_and_embed(spec, clips):
        while not gate.lets_pass():
            time.sleep(0.01)
        if gate.broken.exists():
            raise ZeroDivisionError("The test asked for it.")
        return embed(spec, clips)

    def wait_and_delete(session_hash):
        while not gate.deleting.exists():
            time.sleep(0.05)
        delete(session_hash)

    async def note_and_close(iterator, *settings):
        gate.cancelling.touch()
        await close_iterator(iterator, *settings)

    app.context.store.embed = wait_and_embed
    app.context.sessions._delete = wait_and_delete
    gradio.utils.SyncToAsyncIterator.aclose = note_and_close
    pipelines.page.session.GRACE_S = 0
    pipelines.page.progress.UPDATE_S = 0  # every clip is drawn
    app.main()


if __name__ == "__main__":
    main(Gate(Path(sys.argv[2])))
