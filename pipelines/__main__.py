"""BenchScribe on the command line.

Exit code 0: done.  Exit code 2: one line on stderr says what to mend.  Results go to stdout or to the file
of --json, progress and notes to stderr.
"""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

try:
    import typer

    from encodings.errors import UserError
    from pipelines import __version__
    from pipelines.cli import datasets, doctor, gaze, recordings, releases, space, training
    from pipelines.cli.options import UnknownName, command_of, complete_json
except ModuleNotFoundError as error:
    if error.name.split(".")[0] in {"encodings", "pipelines", "zoo"}:
        raise
    missing = f"BenchScribe cannot start: {error.name} is not installed here."
    print(f"{missing} Run `make setup`, then .venv/bin/python -m pipelines.", file=sys.stderr)
    sys.exit(2)

PROGRAM = "python -m pipelines"
VERBS: dict[str, Callable] = {
    "recognise": recordings.recognise,
    "compare": recordings.compare,
    "check-gaze": gaze.check_gaze,
    "score": releases.score,
    "evaluate": releases.evaluate,
    "pretrain": training.pretrain,
    "finetune": training.finetune,
    "fit-heads": training.fit_heads,
    "render": datasets.render,
    "gather": datasets.gather,
    "dataset-card": datasets.dataset_card,
    "contact-sheet": datasets.contact_sheet,
    "guards": datasets.guards,
    "benchmark": releases.benchmark,
    "benchmark-variants": releases.benchmark_variants,
    "doctor": doctor.doctor,
    "pull": releases.pull,
    "push": releases.push,
    "deploy": space.deploy,
}
INTERRUPTED, BROKEN_PIPE = 130, 141  # as a shell reports a program ended by SIGINT, by SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb.  Returns the exit code."""
    try:
        verb = _read(list(sys.argv[1:] if arguments is None else arguments))
        if verb is not None:
            verb()
        sys.stdout.flush()
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; what was not finished was not written.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # as in `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return 0


def _read(arguments: list[str]) -> Callable[[], None] | None:
    """The verb with its options, ready to run; None where --help or --version has answered."""
    name = next(iter(arguments), "")
    if not name.startswith("-") and name not in VERBS:
        problem = f"There is no verb “{name}”" if name else "A verb is missing"
        raise UnknownName(f"{problem}; expected one of {', '.join(VERBS)}.")
    command = typer.main.get_command(_app([name] if name in VERBS else VERBS))
    try:
        verb = command.main(args=complete_json(arguments), prog_name=PROGRAM, standalone_mode=False)
    except typer.TyperException as error:  # a usage error; typer would print several lines
        line = " ".join(error.format_message().split()).rstrip(".")
        shown = f"{name} --help" if name in VERBS else "--help"
        raise UserError(f"{line}. See {PROGRAM} {shown}.") from error
    return verb if callable(verb) else None


def _app(names: Iterable[str]) -> typer.Typer:
    """Some of the verbs; typer takes its time for each."""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    app.callback(help=__doc__)(_options_of_all)
    for name in names:
        app.command(name)(command_of(VERBS[name]))
    return app


def _show_version(requested: bool) -> None:
    if requested:
        print(f"BenchScribe {__version__}")
        raise typer.Exit


def _options_of_all(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None: ...


if __name__ == "__main__":
    sys.exit(main())
