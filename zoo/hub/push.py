"""Make a release a repository: checked, told what it was made with, then uploaded or written as git."""

import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from zoo.hub.download import PACKAGED
from zoo.hub.pins import read_pins
from zoo.hub.validate import check
from zoo.release_config import ReleaseConfig
from zoo.variants import variant
from zoo.weights import Weights, WeightsMissing, is_revision

SETTINGS = ("user.name=BenchScribe", "user.email=benchscribe@localhost", "commit.gpgsign=false")  # of git


@dataclass(frozen=True)
class Pushed:
    """A release in its repository, at the commit by which it can be pinned."""

    repository: str  # ORG/NAME
    revision: str
    files: tuple[str, ...]


def name_repository(folder: Path, to: str | None) -> str:
    """ORG/NAME: as asked for, or the folder's name in the namespace of the pins.  Raises WeightsMissing."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    name = to or f"{read_pins().namespace}/{folder.resolve().name}"
    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise WeightsMissing(f"“{name}” is no name of a repository; expected ORG/NAME.") from error
    if not all(name.partition("/")):
        raise WeightsMissing(f"“{name}” is no whole name of a repository; expected ORG/NAME.")
    return name


def prepare(folder: Path, out: Path, **parts: Weights | None) -> None:
    """Copy a checked release to a new folder, where its config.json names pinned parts only.

    parts are the `backbone` and the `sentences` it was made with, where its own config.json names a
    folder.  Raises WeightsMissing.
    """
    check(folder)
    shutil.copytree(folder, out, dirs_exist_ok=True)
    about = ReleaseConfig.read(folder)
    made_with = {
        part: _pinned(folder, part, parts.get(part) or getattr(about, part)) for part in _made_with(about)
    }
    replace(about, **made_with).write(out)


def upload(folder: Path, repository: str) -> Pushed:
    """Upload a prepared folder to the Hub, which answers with the commit.  Raises WeightsMissing."""
    import httpx2
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    api = HfApi()
    try:
        api.create_repo(repository, exist_ok=True)
        done = api.upload_folder(
            repo_id=repository,
            folder_path=folder,
            commit_message=_message(folder),
            delete_patterns="*",  # what is no longer part of the release
        )
    except (HfHubHTTPError, httpx2.HTTPError, OSError, RuntimeError) as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        reason = (
            "you may not write there" if status in {401, 403} else str(error).strip().splitlines()[0][:160]
        )
        raise WeightsMissing(
            f"{repository} cannot be pushed ({reason}); log in with `hf auth login` "
            "as a member of that organisation, and try again."
        ) from error
    return Pushed(repository, done.oid, _files(folder))


def commit(folder: Path, repository: str, into: Path) -> Pushed:
    """Write a prepared folder as the git repository into/ORG/NAME, as a mirror of the Hub serves it.

    What an older push left there becomes history.  Raises WeightsMissing.
    """
    place = into / repository
    try:
        place.mkdir(parents=True, exist_ok=True)
        if not (place / ".git").is_dir():
            _git(place, "init", "--quiet", "--initial-branch=main")
        _git(place, "rm", "-r", "--quiet", "--ignore-unmatch", ".")
        shutil.copytree(folder, place, dirs_exist_ok=True)
        _git(place, "add", "--all")
        if _git(place, "status", "--porcelain"):
            _git(place, "commit", "--quiet", f"--message={_message(folder)}")
        return Pushed(repository, _git(place, "rev-parse", "HEAD"), _files(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        told = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        raise WeightsMissing(
            f"{repository} cannot be written into {into.name} ({told[0] if told else 'git failed'}); "
            "choose a folder of your own, and install git."
        ) from error


def _git(place: Path, *arguments: str) -> str:
    settings = [each for setting in SETTINGS for each in ("-c", setting)]
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=place, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _files(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()))


def _message(folder: Path) -> str:
    about = ReleaseConfig.read(folder)
    return f"{about.variant or about.backbone_name or 'weights'} {about.labels or ''}".strip()


def _made_with(about: ReleaseConfig) -> tuple[str, ...]:
    """The parts that a release does not bring itself."""
    if about.variant is None:
        return ()
    recipe = variant(about.variant)
    backbone = ("backbone",) if recipe.backbone and not recipe.zero_shot else ()
    return (*backbone, "sentences") if recipe.question else backbone


def _pinned(folder: Path, part: str, named: Weights | None) -> Weights:
    """Where a part is on the Hub, at which commit."""
    if named is not None and named.source == PACKAGED.source:
        return PACKAGED
    if named is None or named.revision is None or not is_revision(named.revision):
        raise WeightsMissing(
            f"{folder.name} does not say at which commit its {part} stands; push that first, and name it "
            f"with --{part} ORG/NAME@REVISION."
        )
    return named
