"""The whole page: a header, and one tab beside the other."""

import gradio as gr

from pipelines.examples import EXAMPLES
from pipelines.page import compare, recognise, zoo
from pipelines.page.context import PageContext
from pipelines.page.controls import QUIET
from pipelines.views.header import header
from zoo.device import device

MAX_WAITING = 32  # visitors in the queue for the models
FILE_AGE_S = 6 * 3600  # whatever happens, a file of a visitor is deleted after this long
DEVICES = {"cpu": "processor", "cuda": "GPU"}


def build(context: PageContext) -> gr.Blocks:
    """Build the page; it needs no model library."""
    gr.set_static_paths([EXAMPLES])
    with gr.Blocks(title="BenchScribe", delete_cache=(FILE_AGE_S // 6, FILE_AGE_S)) as page:
        top = gr.HTML(header())
        with gr.Tab("Recognise") as tab:
            recognise.build(context, page, tab)
        with gr.Tab("Compare") as tab:
            compare.build(context, tab)
        with gr.Tab("Zoo") as tab:
            zoo.build(context, tab)
        page.load(header_with_device, None, top, queue=False, **QUIET)
        page.unload(context.leave)
    return page.queue(max_size=MAX_WAITING)


def header_with_device() -> str:
    """The header, once the model libraries know what they run on."""
    name = DEVICES.get(device().type, device().type)
    return header(f", on this machine’s {name} ({device().type.upper()})")
