"""Serve the real page with other releases than its own, at the pace that a test allows.

Run as: python -m tests.page.serve EMBEDDED GATE.  Files in the folder GATE say what happens: see `Gate`.
"""

import sys
import time
from pathlib import Path

import pipelines.page.progress
import pipelines.page.session
import zoo.releases
from pipelines.page.context import PageContext
from tests.page.gate import Gate


def main(embedded: Path, gate: Gate) -> None:
    """Serve; what a run does, and the deletion of what a visitor left, waits for the test."""
    zoo.releases.EMBEDDED = embedded
    pipelines.page.session.GRACE_S = 0
    pipelines.page.progress.UPDATE_S = 0  # every clip is drawn
    import app  # builds the page of these releases

    wait_for_test(app.context, gate)
    app.main()


def wait_for_test(context: PageContext, gate: Gate) -> None:
    """Let the gate decide when a clip is embedded and when files are deleted."""
    embed, delete = context.store.embed, context.sessions._delete

    def wait_and_embed(spec, clips):
        while not gate.lets_pass():
            time.sleep(0.01)
        if gate.broken.exists():
            raise ZeroDivisionError("The test asked for it.")
        return embed(spec, clips)

    def wait_and_delete(session_hash):
        while not gate.deleting.exists():
            time.sleep(0.5)  # a thread a visitor waits here
        delete(session_hash)

    context.store.embed = wait_and_embed
    context.sessions._delete = wait_and_delete


if __name__ == "__main__":
    main(Path(sys.argv[1]), Gate(Path(sys.argv[2])))
