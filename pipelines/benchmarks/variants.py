"""How long each variant takes for a clip, alone and together with the others, taking turns."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from encodings.clip import Clip
from encodings.errors import UserError
from pipelines.recordings.recording import cut_clips, open_recording
from zoo.labels import LabelSet
from zoo.model_store import ModelStore
from zoo.releases import Release, find_release, releases

TOGETHER = "together"


def variants_speed(path: Path, labels: LabelSet, tier: str, rounds: int) -> dict:
    """Time every variant of a tier on a recording's first clip.  Raises UserError if the tier has none."""
    held = [each for each in releases(tier) if each.labels == labels]
    return _speed(_first_clip(path), list({each.variant: each for each in held}.values()), rounds)


def paper_size_speed(path: Path, labels: LabelSet, rounds: int) -> dict:
    """The same for the paper's sizes with fresh weights, written to a folder that is removed after."""
    from pipelines.benchmarks.paper_size import VARIANTS, write_all

    with tempfile.TemporaryDirectory() as folder:
        write_all(Path(folder), labels)
        held = [find_release(key, labels.key, "V", "embedded", str(Path(folder) / key)) for key in VARIANTS]
        told = _speed(_first_clip(path), held, rounds)
    lm, cl = (told["cpu_s"][key] for key in ("vi-lm", "vi-cl"))
    return {
        **told,
        "vi_lm_to_vi_cl": told["seconds"]["vi-lm"] / told["seconds"]["vi-cl"],
        "cpu_vi_lm_to_vi_cl": lm / cl,
    }


def _first_clip(path: Path) -> Clip:
    clips = cut_clips(open_recording(path))
    try:
        return next(clips)
    finally:
        clips.close()


def _speed(clip: Clip, held: Sequence[Release], rounds: int) -> dict:
    """Seconds from a clip's frames to a label, models loaded before.

    `ratio` is all together, each forward pass once, to the sum of all alone: under 1 is faster.  CPU
    seconds are all threads' together, and count the same when other programs share the processor.
    """
    if not held:
        raise UserError("No release of this tier answers for these labels; choose another with --tier.")
    store = ModelStore(budget=1 << 62)  # nothing is to leave while it is timed
    acts = {each.variant.key: lambda each=each: answer_all(store, [each], clip) for each in held}
    acts[TOGETHER] = lambda: answer_all(store, held, clip)
    for act in acts.values():
        act()
    seconds, cpu_s = take_turns(acts, rounds)
    return {
        "forward_passes": len({each.feature_spec for each in held}),
        "rounds": rounds,
        "seconds": seconds,
        "cpu_s": cpu_s,
        "parameters": {each.variant.key: store.size(each)[0] for each in held},
        "ratio": _ratio(seconds),
        "cpu_ratio": _ratio(cpu_s),
    }


def answer_all(store: ModelStore, held: Sequence[Release], clip: Clip) -> None:
    """One forward pass for all the releases that share it, then each one's answer.

    Each time the clip is another one to an encoder that remembers what it saw last.
    """
    clip = replace(clip)
    features = {spec: store.embed(spec, [clip]) for spec in dict.fromkeys(r.feature_spec for r in held)}
    for release in held:
        store.answer(release, features[release.feature_spec])


def take_turns(acts: dict[str, Callable[[], object]], rounds: int) -> tuple[dict, dict]:
    """Median seconds, and median CPU seconds, of each act, all of them taking turns."""
    taken = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            start, cpu = time.perf_counter(), time.process_time()
            act()
            taken[name].append((time.perf_counter() - start, time.process_time() - cpu))
    seconds, cpu_s = ({name: median(run[k] for run in runs) for name, runs in taken.items()} for k in (0, 1))
    return seconds, cpu_s


def _ratio(taken: dict[str, float]) -> float:
    alone = sum(each for name, each in taken.items() if name != TOGETHER)
    return taken[TOGETHER] / alone
