"""The whole page: a header, one tab beside the other, and on what machine the models run."""

import gradio as gr

from pipelines.examples import EXAMPLES
from pipelines.page import compare, recognise, zoo
from pipelines.page.context import PageContext
from pipelines.page.controls import QUIET
from pipelines.views.header import PAGES
from pipelines.views.status import device_html
from zoo.device import device

MAX_WAITING = 32  # visitors in the queue for the models
FILE_AGE_S = 6 * 3600  # whatever happens, a file of a visitor is deleted after this long
DEVICES = {"cpu": "processor", "cuda": "GPU"}


def build(context: PageContext) -> gr.Blocks:
    """Build the page; it needs no model library."""
    gr.set_static_paths([EXAMPLES, *PAGES.values()])
    with gr.Blocks(title="BenchScribe", delete_cache=(FILE_AGE_S // 6, FILE_AGE_S)) as page:
        header = gr.HTML()
        with gr.Tab("Recognise") as tab:
            recognise.build(context, page, header, tab)
        with gr.Tab("Compare") as tab:
            compare.build(context, tab)
        with gr.Tab("Zoo") as tab:
            zoo.build(context, tab)
        foot = gr.HTML()
        page.load(machine, None, foot, queue=False, **QUIET)
        page.unload(context.leave)
    return page.queue(max_size=MAX_WAITING)


def machine() -> str:
    """What the models run on, once the model libraries know it."""
    name = DEVICES.get(device().type, device().type)
    return device_html(f"{name} ({device().type.upper()})")
