"""The Hugging Face Space that serves the page: what it is made of, whether it would start, and its upload."""

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from operator import eq
from pathlib import Path
from shutil import copyfile

from encodings.errors import UserError
from pipelines import __version__
from zoo.hub.pins import DEFAULT, read_pins
from zoo.hub.push import name_repository, upload_errors

ROOT = Path(__file__).parents[1]
# What the page needs; tests, constraints and the files of a developer stay away.
DEPLOYED = ("README.md", "LICENSE", "app.py", "requirements.txt", "pipelines", "zoo", "encodings", "examples")

# The backbones that a Space fetches while it is built, with the files that are read of them.  X-CLIP takes
# 0.8 GB.  Video-LLaVA takes 14 GB, which every build and every start would wait for: whoever chooses it does.
PRELOADED = {
    "x-clip": (
        *("config.json", "merges.txt", "model.safetensors", "preprocessor_config.json"),
        *("special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.json"),
    )
}

# The versions that ZeroGPU offers (huggingface.co/docs/hub/spaces-zerogpu).  It refuses to start with others,
# and pip takes the newest one that requirements.txt allows.
ZERO_GPU_PYTHON = ("3.12", "3.12.12")  # also 3.10, which is too old for transformers 5
ZERO_GPU_TORCH = ("2.8.0", "2.9.1", "2.10.0", "2.11.0", "2.12.1", "2.13.0")

# What the front matter may say (huggingface.co/docs/hub/spaces-config-reference).
COLOURS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
MAX_DESCRIPTION = 60  # characters; the Hub refuses a longer one
REQUIRED_KEYS = {
    *("title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "python_version", "app_file"),
    *("license", "short_description", "suggested_hardware", "models", "preload_from_hub"),
}
OTHER_KEYS = {
    *("tags", "datasets", "thumbnail", "pinned", "fullWidth", "header", "base_path", "disable_embedding"),
    *("hf_oauth", "hf_oauth_scopes", "hf_oauth_expiration_minutes", "hf_oauth_authorized_org"),
    *("startup_duration_timeout", "custom_headers"),
}


class NotDeployable(UserError):
    """A checkout that would make no working Space, or not the one that is committed."""


@dataclass(frozen=True)
class SpaceFile:
    """One file of a Space."""

    path: str  # from its root
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What a Space is made of, and its commit once it is uploaded."""

    space: str  # ORG/NAME
    files: tuple[SpaceFile, ...]
    revision: str | None = None  # None in a dry run

    @property
    def size_bytes(self) -> int:
        """The size of all files."""
        return sum(each.size_bytes for each in self.files)

    @property
    def url(self) -> str:
        """The page about it."""
        return f"https://huggingface.co/spaces/{self.space}"

    def to_json(self) -> dict[str, object]:
        """Plain data."""
        return {
            "space": self.space,
            "url": self.url,
            "revision": self.revision,
            "size_bytes": self.size_bytes,
            "files": [asdict(each) for each in self.files],
        }


def deploy(space: str, private: bool = False, dry_run: bool = False, root: Path | None = None) -> Deployment:
    """Check a checkout and upload what a Space needs of it; a dry run uploads nothing.

    Raises NotDeployable, and WeightsMissing if the Hub refuses the name or the upload.
    """
    root = root or ROOT
    name_repository(root, space)
    check_front_matter(root)
    check_requirements(root)
    deployment = Deployment(space=space, files=committed_files(root))
    return deployment if dry_run else _upload(deployment, root, private)


def check_front_matter(root: Path) -> None:
    """Make sure that a Space starts from the front matter of README.md.  Raises NotDeployable."""
    from huggingface_hub import metadata_load
    from yaml import YAMLError

    try:
        found = metadata_load(root / "README.md") or {}
    except (OSError, ValueError, YAMLError) as error:
        sentence = "README.md has no readable front matter; mend the lines between the “---”."
        raise NotDeployable(sentence) from error
    if unknown := found.keys() - REQUIRED_KEYS - OTHER_KEYS:
        raise NotDeployable(
            f"README.md has “{min(unknown)}” in its front matter, which a Space does not know; "
            "correct or remove it."
        )
    for key, is_allowed, expected in _front_matter_rules(root):
        if key not in found or not is_allowed(found[key]):
            got = found.get(key, "nothing")
            raise NotDeployable(f"README.md has {key}: {got} in its front matter; expected {expected}.")


def _front_matter_rules(root: Path) -> Iterator[tuple[str, Callable[[object], bool], str]]:
    """(key, whether a value is allowed, what is expected) of every required key."""
    from huggingface_hub import SpaceHardware

    pins = read_pins(root / "zoo" / DEFAULT.name)
    exact = {
        "sdk": "gradio",
        "sdk_version": _pinned(root, "gradio"),
        "models": [each.source for each in pins.backbones.values()],
        "preload_from_hub": preloads(root),
    }
    choices = {
        "python_version": ZERO_GPU_PYTHON,
        "suggested_hardware": tuple(each.value for each in SpaceHardware),
        "colorFrom": COLOURS,
        "colorTo": COLOURS,
    }
    for key, value in exact.items():
        yield key, partial(eq, value), str(value)
    for key, values in choices.items():
        yield key, values.__contains__, f"one of {', '.join(values)}"
    for key in ("title", "emoji", "license", "short_description"):
        yield key, _is_short_text, f"1 to {MAX_DESCRIPTION} characters"
    yield "app_file", lambda name: (root / str(name)).is_file(), "a file of this checkout"


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_DESCRIPTION


def preloads(root: Path = ROOT) -> list[str]:
    """The lines of preload_from_hub: repository, files and pinned revision of each preloaded backbone."""
    backbones = read_pins(root / "zoo" / DEFAULT.name).backbones
    return [
        f"{backbones[name].source} {','.join(files)} {backbones[name].revision}"
        for name, files in PRELOADED.items()
    ]


def check_requirements(root: Path) -> None:
    """Make sure that the torch which pip takes is one that ZeroGPU offers.  Raises NotDeployable."""
    newest = re.search(r"^torch>=[\d.]+,<=([\d.]+)", (root / "requirements.txt").read_text("utf-8"), re.M)
    if newest is None or newest[1] not in ZERO_GPU_TORCH:
        raise NotDeployable(
            "requirements.txt allows a torch that ZeroGPU does not offer; expected torch>=…,<=VERSION with "
            f"one of {', '.join(ZERO_GPU_TORCH)}."
        )


def _pinned(root: Path, package: str) -> str | None:
    """The version of a package in constraints.txt."""
    found = re.search(rf"^{package}==(\S+)", (root / "constraints.txt").read_text("utf-8"), re.M)
    return found and found[1]


def committed_files(root: Path) -> tuple[SpaceFile, ...]:
    """The files of a Space as they are committed.  Raises NotDeployable if something is not."""
    if changed := _git(root, "status", "--porcelain", "-z").strip("\0"):
        name = changed.partition("\0")[0][3:]
        raise NotDeployable(
            f"{name} is not committed; commit it or take it away, so that a commit is deployed."
        )
    names = sorted(filter(None, _git(root, "ls-files", "-z").split("\0")))
    return tuple(SpaceFile(name, (root / name).stat().st_size) for name in names)


def _git(root: Path, verb: str, *options: str) -> str:
    """What git says of the deployed files.  Raises NotDeployable."""
    try:
        command = ["git", verb, *options, "--", *DEPLOYED]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotDeployable(
            f"{root.name} is no git checkout that can be read; clone the project, and deploy from there."
        ) from error


def _upload(deployment: Deployment, root: Path, private: bool) -> Deployment:
    """Upload the files, in place of what the Space has.  Raises WeightsMissing."""
    from huggingface_hub import HfApi

    api, space = HfApi(), deployment.space
    with tempfile.TemporaryDirectory() as prepared:
        for each in deployment.files:
            target = Path(prepared, each.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            copyfile(root / each.path, target)
        with upload_errors(space):
            # None leaves it to the organisation whether a new Space is public.
            api.create_repo(
                space, repo_type="space", space_sdk="gradio", private=private or None, exist_ok=True
            )
            commit = api.upload_folder(
                repo_id=space,
                repo_type="space",
                folder_path=prepared,
                commit_message=f"BenchScribe {__version__}",
                delete_patterns="*",  # what is no longer part of it
            )
    return Deployment(space=space, files=deployment.files, revision=commit.oid)
