"""The verb that deploys the page as a Hugging Face Space."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import Json
from pipelines.cli.output import write

if TYPE_CHECKING:
    from pipelines.space import Deployment


@dataclass(frozen=True, kw_only=True)
class DeployOptions:
    """The options of `deploy`."""

    space: Annotated[str, typer.Argument(metavar="ORG/NAME", help="The Space; it is created if need be.")]
    private: Annotated[bool, typer.Option("--private", help="Create it so that only its owners see it.")] = (
        False
    )
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything and list the files, upload nothing.")
    ] = False
    json: Json = None


def deploy(options: DeployOptions) -> None:
    """Upload this checkout's committed files as a Hugging Face Space that serves the page."""
    from pipelines.space import deploy

    deployment = deploy(options.space, options.private, options.dry_run)
    write(deployment.to_json(), options.json, summarise(deployment))


def summarise(deployment: "Deployment") -> str:
    """The files with their sizes, and where they are now."""
    lines = [f"{each.size_bytes:>12,}  {each.path}" for each in deployment.files]
    total = f"{len(deployment.files)} files, {deployment.size_bytes / 1e6:.1f} MB"
    outcome = f"uploaded to {deployment.url}" if deployment.revision else "nothing was uploaded"
    return "\n".join([*lines, f"{total}; {outcome}."])
