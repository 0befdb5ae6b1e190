"""A stand-in for Hugging Face's package `spaces` on a Space with ZeroGPU.

A generator that is decorated with GPU runs in a forked process: its arguments go there pickled and its
results come back pickled, of an exception no more than the name comes back, and nothing else that the fork
changes does.  `granted` has the seconds of every GPU that was handed out.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from functools import partial, wraps

import gradio as gr

quota_s = 120.0  # what a visitor without an account has for a day
granted: list[float] = []
CONTEXT = multiprocessing.get_context("fork")


def GPU(task: Callable | None = None, *, duration: Callable | float = 60) -> Callable:  # noqa: N802
    """Decorate a generator function that needs a GPU."""
    if task is None:
        return partial(GPU, duration=duration)

    @wraps(task)
    def visitor_side(*arguments: object) -> Iterator:
        seconds = duration(*arguments) if callable(duration) else duration
        if seconds > quota_s:
            sentence = (
                f"You have exceeded your free ZeroGPU quota ({seconds}s requested vs. {quota_s:g}s left)."
            )
            raise gr.Error(sentence, title="ZeroGPU quota exceeded", print_exception=False)
        granted.append(seconds)
        yield from run_in_fork(task, arguments)

    return visitor_side


def run_in_fork(task: Callable, arguments: tuple) -> Iterator:
    """The results of a generator in another process; closing it ends that process after its next result."""
    ours, theirs = CONTEXT.Pipe()
    stop = CONTEXT.Event()
    process = CONTEXT.Process(target=serve, args=(task, theirs, stop), daemon=True)
    process.start()
    theirs.close()
    ours.send(arguments)
    try:
        kind, value = receive(ours)
        while kind == "result":
            yield value
            kind, value = receive(ours)
        if kind == "error":
            raise gr.Error(value, title="ZeroGPU worker error", print_exception=False)
    except GeneratorExit:
        stop.set()
        while receive(ours)[0] == "result":
            pass
        raise
    finally:
        process.join()


def receive(pipe) -> tuple[str, object]:
    """What a fork sends next; a fork that ended without a word was killed."""
    try:
        return pipe.recv()
    except EOFError:
        return "error", "GPU task aborted"


def serve(task: Callable, pipe, stop) -> None:
    """The side of the fork."""
    os.environ["IN_ZERO_GPU_FORK"] = "1"
    generator = task(*pipe.recv())
    try:
        for result in generator:
            if stop.is_set():
                generator.close()
                break
            pipe.send(("result", result))
        pipe.send(("end", None))
    except Exception as error:
        pipe.send(("error", type(error).__name__))
