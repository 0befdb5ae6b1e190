"""How long each variant takes for a clip, alone and together with the others."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from encodings.clip import Clip
from encodings.errors import UserError
from pipelines.benchmarks.timing import time_in_turns
from pipelines.recordings.recording import cut_clips, open_recording
from zoo.labels import LabelSet
from zoo.model_store import ModelStore
from zoo.releases import Release, find_release, releases

TOGETHER = "together"


@dataclass(frozen=True, kw_only=True)
class VariantsSpeed:
    """Seconds from a clip's frames to a label with loaded models, by the key of a variant and TOGETHER.

    A ratio is the time of all together, each forward pass once, to the sum of all alone: under 1 is faster.
    """

    forward_passes: int
    rounds: int
    seconds: dict[str, float]
    cpu_s: dict[str, float]
    parameters: dict[str, int]
    ratio: float
    cpu_ratio: float


@dataclass(frozen=True, kw_only=True)
class PaperSizeSpeed(VariantsSpeed):
    """The same for the paper's sizes, and how much slower Vi-LM is than Vi-Cl."""

    vi_lm_to_vi_cl: float
    cpu_vi_lm_to_vi_cl: float


def variants_speed(path: Path, labels: LabelSet, tier: str, rounds: int) -> VariantsSpeed:
    """Time every variant of a tier on a recording's first clip.  Raises UserError if the tier has none."""
    available = {each.variant: each for each in releases(tier) if each.labels == labels}
    return _speed(_first_clip(path), list(available.values()), rounds)


def paper_size_speed(path: Path, labels: LabelSet, rounds: int) -> PaperSizeSpeed:
    """Time the paper's sizes with fresh weights, written to a temporary folder."""
    from pipelines.benchmarks.paper_size import VARIANTS, write_all

    with tempfile.TemporaryDirectory() as folder:
        write_all(Path(folder), labels)
        written = [
            find_release(key, labels.key, "V", "embedded", str(Path(folder) / key)) for key in VARIANTS
        ]
        speed = _speed(_first_clip(path), written, rounds)
    return PaperSizeSpeed(
        **asdict(speed),
        vi_lm_to_vi_cl=speed.seconds["vi-lm"] / speed.seconds["vi-cl"],
        cpu_vi_lm_to_vi_cl=speed.cpu_s["vi-lm"] / speed.cpu_s["vi-cl"],
    )


def _first_clip(path: Path) -> Clip:
    with closing(cut_clips(open_recording(path))) as clips:
        return next(clips)


def _speed(clip: Clip, timed: Sequence[Release], rounds: int) -> VariantsSpeed:
    if not timed:
        raise UserError("This tier has no release for these labels; choose another tier with --tier.")
    store = ModelStore(budget=1 << 62)  # no model may leave while it is timed
    acts: dict[str, Callable[[], object]] = {
        each.variant.key: lambda each=each: answer_all(store, [each], clip) for each in timed
    }
    acts[TOGETHER] = lambda: answer_all(store, timed, clip)
    for act in acts.values():  # to warm up
        act()
    timings = time_in_turns(acts, rounds)
    seconds = {name: timing.wall_s for name, timing in timings.items()}
    cpu_s = {name: timing.cpu_s for name, timing in timings.items()}
    return VariantsSpeed(
        forward_passes=len({each.feature_spec for each in timed}),
        rounds=rounds,
        seconds=seconds,
        cpu_s=cpu_s,
        parameters={each.variant.key: store.size(each)[0] for each in timed},
        ratio=_ratio(seconds),
        cpu_ratio=_ratio(cpu_s),
    )


def answer_all(store: ModelStore, timed: Sequence[Release], clip: Clip) -> None:
    """Run each forward pass that the releases need once, then every head.

    The clip is copied, so that no encoder recognises it as the one it has just embedded.
    """
    clip = replace(clip)
    features = {spec: store.embed(spec, [clip]) for spec in dict.fromkeys(r.feature_spec for r in timed)}
    for release in timed:
        store.answer(release, features[release.feature_spec])


def _ratio(spent_s: dict[str, float]) -> float:
    return spent_s[TOGETHER] / sum(each for name, each in spent_s.items() if name != TOGETHER)
