"""Whether a folder is a whole release and nothing but one, fit to be pushed."""

from pathlib import Path

from zoo.evaluation import read_evaluations
from zoo.hub.safety import KINDS, WEIGHTS, refuse_remote_code
from zoo.labels import UnknownLabels, label_set, parse_label
from zoo.release_config import UNKNOWN, ReleaseConfig
from zoo.variants import variant
from zoo.weights import WeightsMissing, read_json, require_files

REQUIRED = ("labels", "encodings", "clip_s", "rate_hz", "trained_on")  # in the config.json of a release
ROUNDING = 0.0051  # between a card's number and the measured one it was rounded from


def check(folder: Path) -> None:
    """Make sure that a folder is a whole release and nothing but one.  Raises WeightsMissing."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        if path.suffix not in KINDS or path.is_symlink():
            raise WeightsMissing(
                f"{path.relative_to(folder)} is no part of a release; expected "
                f"{', '.join(sorted(KINDS))} files alone: take it out of {folder.name}."
            )
    require_files(folder, "config.json", "README.md")
    if not any(path.suffix in WEIGHTS for path in files):
        raise WeightsMissing(f"{folder.name} has no weights; expected a safetensors or ubj file.")
    refuse_remote_code(folder.name, folder)
    for path in files:
        _check_whole(path)
    _check_config(folder)
    _check_card(folder)


def _check_whole(path: Path) -> None:
    from safetensors import SafetensorError, safe_open

    if path.suffix != ".safetensors":
        return
    try:
        with safe_open(path, "numpy"):
            pass
    except (SafetensorError, OSError) as error:
        raise WeightsMissing(
            f"{path.name} of {path.parent.name} is no whole safetensors file ({error})."
        ) from error


def _check_config(folder: Path) -> None:
    """Whether config.json has what every release needs, and the labels of its label set, each once."""
    config = ReleaseConfig.read(folder)
    required = REQUIRED if config.variant else ("encodings", "trained_on")
    if lacking := [name for name in required if getattr(config, name) in UNKNOWN]:
        raise WeightsMissing(
            f"The config.json of {folder.name} does not say its {lacking[0]} under “benchscribe”; "
            f"expected {', '.join(required)}."
        )
    if config.variant is None or variant(config.variant).head == "t5":
        return  # a backbone has no labels, and a decoder generates them
    labels = label_set(config.labels)
    names = read_json(folder, "config.json").get("id2label", {})
    try:
        parsed = sorted(parse_label(name, labels) for name in names.values())
    except (AttributeError, UnknownLabels) as error:
        raise WeightsMissing(f"The labels of {folder.name} do not fit {labels.title}: {error}") from error
    if parsed != sorted(labels.labels):
        raise WeightsMissing(
            f"{folder.name} has {len(parsed)} labels; expected the {len(labels.labels)} of {labels.title}."
        )


def _check_card(folder: Path) -> None:
    """The card's model-index holds the numbers of evaluation.json, and no others."""
    config = ReleaseConfig.read(folder)
    if config.variant is None and not (folder / "evaluation.json").is_file():
        return  # a backbone that only others' heads were measured with
    require_files(folder, "evaluation.json")
    measured = {f"{each.labels}-{each.encoding}": each.scores.f1 for each in read_evaluations(folder)}
    stated = _stated(folder, config.labels)
    if not measured or measured.keys() != stated.keys():
        raise WeightsMissing(
            f"The card of {folder.name} gives numbers for {', '.join(stated) or 'nothing'}, its "
            f"evaluation.json for {', '.join(measured) or 'nothing'}; write the card again."
        )
    for name, f1 in measured.items():
        if not abs(f1 - stated[name]) <= ROUNDING:
            raise WeightsMissing(
                f"The card of {folder.name} says an F1 of {stated[name]} for {name}, measured was {f1:.4f}; "
                "write the card again."
            )


def _stated(folder: Path, labels: str | None) -> dict[str, float]:
    """F1 by LABELS-ENCODING as the card states it; one of a single label set may name the encoding alone."""
    import yaml
    from huggingface_hub import ModelCard

    try:
        scores = ModelCard.load(folder / "README.md").data.eval_results or []
        f1 = {str(e.dataset_config): float(e.metric_value) for e in scores if e.metric_type == "f1"}
    except (yaml.YAMLError, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise WeightsMissing(
            f"The card of {folder.name} cannot be read ({reason}); write it again."
        ) from error
    return {name if "-" in name else f"{labels}-{name}": value for name, value in f1.items()}
