"""The options that several verbs share, checked as they are read.

A verb takes one parameter, a frozen dataclass whose fields are its options.  Names are checked against
tables that need no model library, so that a wrong one is refused at once.
"""

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Annotated, get_type_hints

import typer

from encodings.errors import UserError
from encodings.names import ENCODINGS, encoding
from zoo.device import AUTO, DEVICES, VARIABLE, device_name
from zoo.labels import LABEL_SETS, label_set
from zoo.tiers import TIERS, known_tier
from zoo.variants import VARIANTS, variant

STDOUT = Path("-")


class UnknownName(UserError):
    """A choice that an option does not have."""


class NoPlace(UserError):
    """A result that cannot be written where it should go."""


def one_of(noun: str, names: Sequence[str]) -> Callable[[str], str]:
    """A check that a name is one of a few."""

    def check(name: str) -> str:
        if name not in names:
            raise UnknownName(f"There is no {noun} “{name}”; expected one of {', '.join(names)}.")
        return name

    return check


def comma_separated(check: Callable[[str], str]) -> Callable[[str], str]:
    """A check of each of several names with commas between them."""
    return lambda text: ",".join(check(name) for name in text.split(","))


def variant_key(name: str) -> str:
    """The key of a variant.  Raises UnknownVariant."""
    return variant(name).key


def label_set_key(name: str) -> str:
    """The key of a label set.  Raises UnknownLabels."""
    return label_set(name).key


def encoding_name(name: str) -> str:
    """The name of an encoding.  Raises UnknownEncoding."""
    return encoding(name).name


def output_file(text: str) -> Path:
    """A file that can be written, found out before the work and not after it.  Raises NoPlace."""
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        reason = "it is a folder" if path.is_dir() else "its folder does not exist"
        raise NoPlace(f"The result cannot be written to {path}, because {reason}; name another file.")
    return path


def complete_json(arguments: Sequence[str]) -> list[str]:
    """Arguments with a - after a --json that no file follows: with typer no option may lack its value."""
    completed = []
    for argument, after in zip(arguments, [*arguments[1:], "--"], strict=False):
        completed.append(argument)
        if argument == "--json" and after.startswith("-") and after != str(STDOUT):
            completed.append(str(STDOUT))
    return completed


def listed(names: Sequence[str]) -> str:
    """Names for a help text: "a, b or c"."""
    return f"{', '.join(names[:-1])} or {names[-1]}"


VARIANT_KEYS = tuple(each.key for each in VARIANTS)
LABEL_KEYS = tuple(each.key for each in LABEL_SETS)
ENCODING_NAMES = tuple(each.name for each in ENCODINGS)

Video = Annotated[Path, typer.Argument(metavar="VIDEO", help="The recording, a video file.")]
Variant = Annotated[
    str, typer.Option(parser=variant_key, metavar="KEY", help=f"The variant: {listed(VARIANT_KEYS)}.")
]
Labels = Annotated[
    str, typer.Option(parser=label_set_key, metavar="KEY", help=f"The label set: {listed(LABEL_KEYS)}.")
]
ENCODING_HELP = f"The visual encoding of the clips: {listed(ENCODING_NAMES)}."
EncodingName = Annotated[str, typer.Option(parser=encoding_name, metavar="NAME", help=ENCODING_HELP)]
EncodingByGaze = Annotated[
    str | None,
    typer.Option(
        parser=encoding_name,
        metavar="NAME",
        help=ENCODING_HELP,
        show_default="VG with --gaze where the release has it, otherwise V",
    ),
]
Tier = Annotated[
    str,
    typer.Option(parser=known_tier, metavar="TIER", help=f"Where the weights come from: {listed(TIERS)}."),
]
WeightsName = Annotated[
    str | None,
    typer.Option(
        metavar="WEIGHTS",
        help="Other weights than the tier's own: a folder, or ORG/NAME@REVISION on the Hub.",
        show_default="the pinned release",
    ),
]
Device = Annotated[
    str | None,
    typer.Option(
        parser=device_name,
        metavar="NAME",
        help=f"Where models run: {listed(DEVICES)}.",
        show_default=f"{VARIABLE}, otherwise {AUTO}",
    ),
]
Mapping = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="OLD=NEW",
        help="Read the label OLD of the file as NEW of the label set, or leave it out (OLD=); may be "
        "repeated.",
        show_default="none",
    ),
]
Json = Annotated[
    Path | None,
    typer.Option(
        "--json",
        parser=output_file,
        metavar="[FILE]",
        help="Write the result as JSON to this file; without a name, or as -, to stdout.",
        show_default="stdout, and at a terminal a summary instead where the verb has one",
    ),
]


Force = Annotated[
    bool, typer.Option("--force", help="Go on, with exit code 0, although hardly any frame has gaze.")
]


def shift_px(text: str) -> tuple[float, float]:
    """Two numbers with a comma between them, as in 5,-3.  Raises UnknownName."""
    try:
        right_px, down_px = map(float, text.split(","))
    except ValueError:
        right_px = down_px = math.nan
    if not math.isfinite(right_px + down_px):
        raise UnknownName(f"“{text}” is no shift; expected X,Y in pixels, right and down, as in 5,-3.")
    return right_px, down_px


def shift_ms(text: str) -> float:
    """A number, as in -120.  Raises UnknownName."""
    try:
        offset_ms = float(text)
    except ValueError:
        offset_ms = math.nan
    if not math.isfinite(offset_ms):
        raise UnknownName(f"“{text}” is no shift; expected milliseconds, as in -120.")
    return offset_ms


@dataclass(frozen=True, kw_only=True)
class GazeShift:
    """A shift of gaze by hand, where its clock or its calibration is off by a constant."""

    gaze_offset_ms: Annotated[
        float,
        typer.Option(
            parser=shift_ms,
            metavar="MS",
            help="Shift gaze by so many milliseconds: later, or earlier if negative.",
            show_default="none",
        ),
    ] = 0.0
    gaze_offset_px: Annotated[
        tuple | None,
        typer.Option(
            parser=shift_px,
            metavar="X,Y",
            help="Shift gaze by so many pixels of the video to the right and down.",
            show_default="none",
        ),
    ] = None

    @property
    def is_shifted(self) -> bool:
        """Whether there is a shift at all."""
        return bool(self.gaze_offset_ms) or any(self.gaze_offset_px or ())


@dataclass(frozen=True, kw_only=True)
class RecordingOptions(GazeShift):
    """A recording, and its gaze if there is any."""

    video: Video
    gaze: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="The gaze: a CSV, folder or zip as the eye tracker's software exports it.",
            show_default="none",
        ),
    ] = None
    world_timestamps: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The frame times that belong to the gaze.",
            show_default="world_timestamps.csv beside the gaze, otherwise the video's own times",
        ),
    ] = None
    force: Force = False


@dataclass(frozen=True, kw_only=True)
class ReleaseOptions:
    """The release that answers, and the encoding of its clips."""

    variant: Variant = "vi-cl"
    labels: Labels = "lab-actions"
    encoding: EncodingName = "V"
    tier: Tier = "embedded"
    weights: WeightsName = None


@dataclass(frozen=True, kw_only=True)
class DeviceOptions:
    """The device that models run on."""

    device: Device = None


def command_of(verb: Callable) -> Callable[..., Callable[[], None]]:
    """A function that has the fields of a verb's options as its parameters, which is what typer reads.

    It returns the verb with its options, ready to run: what typer makes of exceptions is not the contract.
    """
    options = get_type_hints(verb)["options"]
    hints = get_type_hints(options, include_extras=True)

    def command(**values: object) -> Callable[[], None]:
        return partial(verb, options(**values))

    command.__doc__ = verb.__doc__
    command.__signature__ = inspect.Signature(
        [
            inspect.Parameter(
                each.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if each.default is MISSING else each.default,
                annotation=hints[each.name],
            )
            for each in fields(options)
        ]
    )
    return command
