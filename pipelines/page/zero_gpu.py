"""ZeroGPU, the shared GPUs of Hugging Face Spaces: what runs on one, for how long, and what is loaded before.

There a process that is forked from this one gets a GPU for a while.  Arguments and results are pickled on
their way, and whatever else the fork changes is lost: so a recording and releases go in, answers come out,
and sessions stay here.  Elsewhere nothing is wrapped, and the package `spaces` is not needed.
"""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from functools import wraps

import gradio as gr

from encodings.errors import UserError
from encodings.names import Encoding
from pipelines.recognition import compare as comparing
from pipelines.recognition import recognise as recognising
from pipelines.recognition.comparison import NoRelease
from pipelines.recordings.recording import Recording
from pipelines.space import PRELOADED
from zoo.hub.pins import read_pins
from zoo.model_store import ModelStore
from zoo.releases import Release, embedded_releases, pushed_releases

ZERO_GPU = os.environ.get("SPACES_ZERO_GPU", "").lower() in {"1", "t", "true"}  # as `spaces` reads it

SETTINGS = {
    # Otherwise `spaces` deletes the files of weights from the Hub's cache once they are placed.
    "ZEROGPU_MMAP_AUTOPRUNE_PATTERN": "/nothing",
    # Outside the fork `spaces` plays a GPU in the main thread alone: transformers must read weights there.
    "HF_DEACTIVATE_ASYNC_LOAD": "1",
}

# Seconds to ask for, upper bounds that were estimated and not measured.  A run that takes longer is stopped;
# what is left over is given back.  A visitor without an account has 120 seconds a day.
START_S = 10  # to fork, and to move the models that were loaded before
DECODED_PX_S = 400e6  # pixels of a video that are decoded in a second
CLIP_S = 0.3  # to resize, encode and smooth a clip
EMBEDDED_PASS_S = 0.1  # one forward pass over a clip, and what heads make of it, at the embedded sizes
PASS_S = {"videomae": 0.4, "xclip": 0.3, "videollava": 4.0}  # the same at the paper's sizes, by encoder
LOADING_S = {"videomae": 10, "xclip": 10, "videollava": 60}  # of weights that were not loaded before

Releases = Release | Sequence[Release | NoRelease]
Answers = Callable[[Recording, Releases, Encoding, ModelStore], Iterator]


class NoGpu(UserError):
    """ZeroGPU hands out no GPU, or took it back before the end."""


def gpu_seconds(recording: Recording, releases: Releases, encoding: Encoding, *_) -> int:
    """How long a run needs a GPU, in seconds; a forward pass that releases share is counted once."""
    given = [releases] if isinstance(releases, Release) else releases
    found = [each for each in given if isinstance(each, Release)]
    passes = {each.feature_spec: each.tier == "embedded" for each in found}
    pass_s = sum(EMBEDDED_PASS_S if small else PASS_S[spec.encoder] for spec, small in passes.items())
    late = {each.model for each in passes} - {each.feature_spec.model for each in releases_to_load()}
    loading_s = sum(LOADING_S[encoder] for encoder, *_ in late)
    decoding_s = recording.frames * recording.width * recording.height / DECODED_PX_S
    return math.ceil(START_S + loading_s + decoding_s + recording.windows * (CLIP_S + pass_s))


def on_gpu(answers: Answers) -> Answers:
    """Let a generator of answers run where ZeroGPU gives it a GPU; elsewhere it is what it was.

    It raises what it raised before, and NoGpu.  To be called before the page is launched, and before
    anything uses CUDA.
    """
    if not ZERO_GPU:
        return answers
    os.environ |= SETTINGS | os.environ
    import spaces

    stores: dict[int, ModelStore] = {}  # a fork has them; their locks cannot be pickled

    @spaces.GPU(duration=gpu_seconds)
    def in_fork(recording: Recording, releases: Releases, encoding: Encoding, store_id: int) -> Iterator:
        try:
            yield from answers(recording, releases, encoding, stores[store_id])
        except UserError as error:  # of an exception only its name would come back
            yield error

    @wraps(answers)
    def from_fork(
        recording: Recording, releases: Releases, encoding: Encoding, store: ModelStore
    ) -> Iterator:
        stores[id(store)] = store
        try:
            with closing(in_fork(recording, releases, encoding, id(store))) as results:
                for result in results:
                    if isinstance(result, UserError):
                        raise result
                    yield result
        except gr.Error as error:
            raise explain(error, gpu_seconds(recording, releases, encoding)) from error

    return from_fork


def explain(error: gr.Error, requested_s: int) -> Exception:
    """What an error of ZeroGPU means: NoGpu, or a mistake of ours whose traceback the fork has logged."""
    message = str(error.message).strip().rstrip(".")
    if error.title != "ZeroGPU worker error":
        return NoGpu(
            f"There is no GPU for this run now ({message}); try again later, log in to Hugging Face for more "
            "time, or choose a shorter recording or fewer models."
        )
    if message == "GPU task aborted":
        return NoGpu(
            f"The GPU was taken back before the end, because the run took more than the {requested_s} s "
            "it had, or too much memory; choose a shorter recording or fewer models."
        )
    return RuntimeError(f"{message} in the process that had the GPU")


def releases_to_load() -> tuple[Release, ...]:
    """The releases whose models are loaded before anyone needs them.

    They are the embedded ones, and on ZeroGPU also those that a Space fetched while it was built.
    """
    if not ZERO_GPU:
        return embedded_releases()
    with suppress(UserError):  # of a broken file of pins, which is reported when a pushed release is chosen
        fetched = {read_pins().backbones[name] for name in PRELOADED}
        return (*embedded_releases(), *(each for each in pushed_releases() if each.weights in fetched))
    return embedded_releases()


def load_models(store: ModelStore) -> None:
    """Load models before anyone needs them; one that fails says so when it is used.

    On ZeroGPU this comes before the page is launched, in the main thread: a fork has the models that are on
    the GPU by then, and would have to load others itself, in a visitor's time.
    """
    for release in releases_to_load():
        with suppress(UserError, RuntimeError):  # the store logs what is not a UserError
            store.load(release)


recognise = on_gpu(recognising.recognise)
compare = on_gpu(comparing.compare)
