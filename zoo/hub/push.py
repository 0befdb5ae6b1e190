"""Push a release: checked, its parts pinned, then uploaded to the Hub or written as a git repository."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from zoo.hub.download import PACKAGED
from zoo.hub.pins import Pin, add_pin, pins_path, read_pins
from zoo.hub.validate import check
from zoo.release_config import ReleaseConfig
from zoo.variants import variant
from zoo.weights import Weights, WeightsMissing, is_revision

GIT_SETTINGS = ("user.name=BenchScribe", "user.email=benchscribe@localhost", "commit.gpgsign=false")


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """A release in its repository, at the commit by which it can be pinned."""

    repository: str  # ORG/NAME
    revision: str
    files: tuple[str, ...]
    pinned_in: Path | None = None  # the file of pins that names it now

    def to_json(self) -> dict[str, object]:
        """Plain data, without what is not known."""
        pushed = {"repository": self.repository, "revision": self.revision, "files": list(self.files)}
        return pushed | ({"pinned_in": str(self.pinned_in)} if self.pinned_in else {})


def push_release(
    folder: Path,
    repository: str | None = None,
    into: Path | None = None,
    backbone: Weights | None = None,
    sentences: Weights | None = None,
    pin: bool = False,
) -> Pushed:
    """Check a release and upload it, or write it as a git repository where `into` names a folder of them.

    repository is ORG/NAME; without it the folder's name in the namespace of the pins.  backbone and
    sentences are the weights it was made with, where its own config.json names a folder.  `pin` writes the
    commit into the file of pins.  Raises WeightsMissing, before anything leaves this machine if the release
    is at fault.
    """
    name = name_repository(folder, repository)
    if pin:
        _refuse_unpinnable(folder, name)
    with tempfile.TemporaryDirectory() as prepared:
        prepare(folder, Path(prepared), backbone, sentences)
        if into is None:
            pushed = upload(Path(prepared), name)
        else:
            pushed = write_git_repository(Path(prepared), name, into)
    return _pin(folder, pushed) if pin else pushed


def name_repository(folder: Path, repository: str | None) -> str:
    """ORG/NAME as requested, or the folder's name in the namespace of the pins.  Raises WeightsMissing."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    name = repository or f"{read_pins().namespace}/{folder.resolve().name}"
    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise WeightsMissing(f"“{name}” is no name of a repository; expected ORG/NAME.") from error
    if not all(name.partition("/")):
        raise WeightsMissing(f"“{name}” is no whole name of a repository; expected ORG/NAME.")
    return name


def prepare(
    folder: Path, out: Path, backbone: Weights | None = None, sentences: Weights | None = None
) -> None:
    """Copy a checked release to a new folder, whose config.json names pinned parts only.

    Raises WeightsMissing.
    """
    check(folder)
    shutil.copytree(folder, out, dirs_exist_ok=True)
    config = ReleaseConfig.read(folder)
    requested = {"backbone": backbone, "sentences": sentences}
    pinned = {
        part: _pinned(folder, part, requested[part] or getattr(config, part)) for part in _parts(config)
    }
    replace(config, **pinned).write(out)


def upload(folder: Path, repository: str) -> Pushed:
    """Upload a prepared folder to the Hub, which answers with the commit.  Raises WeightsMissing."""
    from huggingface_hub import HfApi

    api = HfApi()
    with upload_errors(repository):
        api.create_repo(repository, exist_ok=True)
        commit = api.upload_folder(
            repo_id=repository,
            folder_path=folder,
            commit_message=_commit_message(folder),
            delete_patterns="*",  # what is no longer part of the release
        )
    return Pushed(repository=repository, revision=commit.oid, files=_files(folder))


@contextmanager
def upload_errors(repository: str) -> Iterator[None]:
    """Say in one sentence why the Hub takes no upload.  Raises WeightsMissing."""
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError

    try:
        yield
    except (HfHubHTTPError, httpx2.HTTPError, OSError, RuntimeError) as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        reason = (
            "you may not write there" if status in {401, 403} else str(error).strip().splitlines()[0][:160]
        )
        raise WeightsMissing(
            f"{repository} cannot be pushed ({reason}); log in with `hf auth login` "
            "as a member of that organisation, and try again."
        ) from error


def write_git_repository(folder: Path, repository: str, into: Path) -> Pushed:
    """Write a prepared folder as the git repository into/ORG/NAME, as a mirror of the Hub serves it.

    What an older push left there becomes history.  Raises WeightsMissing.
    """
    clone = into / repository
    try:
        clone.mkdir(parents=True, exist_ok=True)
        if not (clone / ".git").is_dir():
            _git(clone, "init", "--quiet", "--initial-branch=main")
        _git(clone, "rm", "-r", "--quiet", "--ignore-unmatch", ".")
        shutil.copytree(folder, clone, dirs_exist_ok=True)
        _git(clone, "add", "--all")
        if _git(clone, "status", "--porcelain"):
            _git(clone, "commit", "--quiet", f"--message={_commit_message(folder)}")
        revision = _git(clone, "rev-parse", "HEAD")
    except (OSError, subprocess.CalledProcessError) as error:
        lines = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        raise WeightsMissing(
            f"{repository} cannot be written into {into.name} ({lines[0] if lines else 'git failed'}); "
            "choose a folder of your own, and install git."
        ) from error
    return Pushed(repository=repository, revision=revision, files=_files(folder))


def _git(clone: Path, *arguments: str) -> str:
    settings = [each for setting in GIT_SETTINGS for each in ("-c", setting)]
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=clone, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _files(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()))


def _commit_message(folder: Path) -> str:
    config = ReleaseConfig.read(folder)
    return f"{config.variant or config.backbone_name or 'weights'} {config.labels or ''}".strip()


def _parts(config: ReleaseConfig) -> tuple[str, ...]:
    """The parts that a release needs and does not bring itself."""
    if config.variant is None:
        return ()
    recipe = variant(config.variant)
    backbone = ("backbone",) if recipe.backbone and not recipe.zero_shot else ()
    return (*backbone, "sentences") if recipe.question else backbone


def _pinned(folder: Path, part: str, weights: Weights | None) -> Weights:
    """The weights of a part, if they name a commit on the Hub or come with pip."""
    if weights is not None and weights.source == PACKAGED.source:
        return PACKAGED
    if weights is None or weights.revision is None or not is_revision(weights.revision):
        raise WeightsMissing(
            f"{folder.name} does not say at which commit its {part} stands; push that first, and name it "
            f"with --{part} ORG/NAME@REVISION."
        )
    return weights


def _refuse_unpinnable(folder: Path, repository: str) -> None:
    """Find out before the push that its commit has no place among the pins."""
    namespace = read_pins().namespace
    if repository.partition("/")[0] != namespace:
        raise WeightsMissing(
            f"{pins_path().name} pins releases of {namespace} alone, got {repository}; push without --pin, "
            "or change its namespace."
        )
    if ReleaseConfig.read(folder).variant is None:
        raise WeightsMissing(
            f"{folder.name} is a backbone; push it without --pin and name the commit under “backbones” "
            f"in {pins_path().name}."
        )


def _pin(folder: Path, pushed: Pushed) -> Pushed:
    config = ReleaseConfig.read(folder)
    add_pin(
        Pin(
            name=pushed.repository.partition("/")[2],
            variant=config.variant,
            labels=config.labels,
            encodings=config.encodings,
            revision=pushed.revision,
        )
    )
    return replace(pushed, pinned_in=pins_path())
