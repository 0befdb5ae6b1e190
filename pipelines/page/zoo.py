"""The Zoo tab: every variant, where its weights come from, and how good it is."""

import gradio as gr

from pipelines.catalogue import catalogue
from pipelines.page.context import PageContext
from pipelines.page.controls import QUIET
from pipelines.views.zoo import zoo_html


def build(context: PageContext, tab: gr.Tab) -> None:
    """Place the tab here; it is read anew whenever it is opened."""
    table = gr.HTML(padding=False)
    tab.select(lambda: zoo_html(catalogue(context.store)), None, table, queue=False, **QUIET)
