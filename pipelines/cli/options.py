"""The options that several verbs share, checked as they are read.

A verb takes one parameter, a frozen dataclass whose fields are its options.  Names are checked against
tables that need no model library, so that a wrong one is refused at once.
"""

import inspect
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
        metavar="FILE",
        help="Write the result to this JSON file.",
        show_default="stdout",
    ),
]


@dataclass(frozen=True, kw_only=True)
class RecordingOptions:
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
