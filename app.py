"""Serve the page: process settings, the page itself, and the models loaded behind it."""

import argparse
import os
import sys
import threading
from importlib.util import find_spec

os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1"} | os.environ
LATE = ("torch", "transformers", "sentence_transformers", "xgboost")  # imported with the models


def options() -> argparse.Namespace:
    """The options of the command line; a Space and GRADIO_* variables set the rest."""
    parser = argparse.ArgumentParser(prog="app.py", description="Serve the page of BenchScribe.")
    parser.add_argument("--host", help="the address to listen at (default: 127.0.0.1, this machine alone)")
    parser.add_argument("--port", type=int, help="the port to listen at (default: the first free from 7860)")
    parser.add_argument("--share", action="store_true", help="also open a public link, by Gradio’s server")
    parser.add_argument("--device", default="", help="auto, cpu, cuda, cuda:N or mps (default: auto)")
    return parser.parse_args()


def refuse(sentence: str) -> None:
    """End with one line on stderr."""
    print(sentence, file=sys.stderr)
    sys.exit(2)


OPTIONS = options() if __name__ == "__main__" else None  # before the imports, which take seconds
try:
    import zoo  # noqa: F401  (opens the floor `encodings`, see there)
    from encodings.errors import UserError
    from pipelines.page.context import PageContext
    from pipelines.page.layout import build
    from pipelines.page.theme import theme
    from pipelines.page.zero_gpu import ZERO_GPU, load_models
    from pipelines.views.style import page_css
    from zoo.device import choose_device

    for missing in (name for name in LATE if find_spec(name) is None):
        raise ModuleNotFoundError(name=missing)
except ModuleNotFoundError as error:
    if __name__ != "__main__" or error.name.split(".")[0] in ("encodings", "pipelines", "zoo"):
        raise
    refuse(f"BenchScribe cannot start: {error.name} is not installed here. Start it with: make run")

context = PageContext()
demo = build(context)


def main(host: str | None = None, port: int | None = None, share: bool = False, device: str = "") -> None:
    """Serve the page, then load the models behind it; on ZeroGPU they come first, see there."""
    has_screen = sys.platform in ("darwin", "win32") or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    look = {"theme": theme(), "css": page_css(), "footer_links": []}
    quiet = {"quiet": True, "inbrowser": bool(has_screen), "run_history": False, "ssr_mode": False}
    served = {"server_name": host, "server_port": port, "share": share, "max_file_size": "4gb"}
    try:
        choose_device(device)
        if ZERO_GPU:
            load_models(context.store)
        demo.launch(**look, **quiet, **served, prevent_thread_lock=True)
    except UserError as error:
        refuse(str(error))
    except OSError:  # the port is taken, or the address is not this machine's
        place = f"{host or 'this machine'}, port {port or 'as GRADIO_SERVER_PORT or 7860 to 7959'}"
        refuse(f"BenchScribe cannot be served at {place}; choose others with --host and --port.")
    print(f"BenchScribe is open at {demo.share_url or demo.local_url}", flush=True)
    if not ZERO_GPU:
        threading.Thread(target=load_models, args=[context.store], daemon=True).start()
    demo.block_thread()


if __name__ == "__main__":
    main(**vars(OPTIONS))
