"""An answer as HTML: timeline, workflow, comparison, evidence.  No gradio."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"
