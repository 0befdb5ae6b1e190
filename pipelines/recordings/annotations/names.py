"""Names of labels: which label of a set each stands for, and what a user says where none does."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from encodings.errors import UserError
from pipelines.recordings.annotations.entries import (
    Annotations,
    Entry,
    UnreadableLabels,
    left_out,
    listed,
)
from zoo.labels import LABEL_SETS, LabelSet, UnknownLabels, match_label, parse_label

LEAVE_OUT = ""  # what a name is mapped to whose intervals get no label


class BadMapping(UserError):
    """An OLD=NEW of --map that cannot be used."""


class UnknownNames(UnreadableLabels):
    """A file of labels that are not of the label set.

    names         they, the most frequent first
    of_other_set  whether all of them are labels of another set
    """

    def __init__(self, names: tuple[str, ...], source: str, labels: LabelSet) -> None:
        self.names, self.file = names, source
        self.of_other_set = _set_of(names, labels) is not None
        self.found = f"{source} has {listed(names)}, {_count_none(names)} of {labels.title}"
        super().__init__(f"{self.found}: {_remedy(names, labels)}.")


def _count_none(names: tuple[str, ...]) -> str:
    return "which is no label" if len(names) == 1 else "which are no labels"


def _remedy(names: tuple[str, ...], labels: LabelSet) -> str:
    if other := _set_of(names, labels):
        return f"they are labels of {other.title}, choose that label set (--labels {other.key})"
    example = names[0].replace('"', "'")[:40]
    return (
        f'map each to one of {", ".join(labels.labels)}, as in --map "{example}={labels.labels[0]}", or '
        f'leave it out with --map "{example}="'
    )


def _set_of(names: tuple[str, ...], labels: LabelSet) -> LabelSet | None:
    """Another label set that has all of some names."""
    others = (other for other in LABEL_SETS if other.key != labels.key)
    return next((other for other in others if all(_is_known(name, other) for name in names)), None)


def _is_known(name: str, labels: LabelSet) -> bool:
    try:
        parse_label(name, labels)
    except UnknownLabels:
        return False
    return True


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


@dataclass(frozen=True)
class LabelNames:
    """How names become labels: those of a set, or any text without one, after a mapping of other names.

    mapping  NEW by OLD, LEAVE_OUT for a name whose intervals get no label
    """

    labels: LabelSet | None
    mapping: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for old, new in self.mapping.items():
            if self.labels and new != LEAVE_OUT and not _is_known(new, self.labels):
                raise BadMapping(
                    f"“{old}” is mapped to “{new}”, which is no label of {self.labels.title}; expected one "
                    f"of {', '.join(self.labels.labels)}, or nothing to leave it out."
                )

    def parse(self, name: str) -> str | None:
        """The label that a name stands for; None if it is left out.  Raises UnknownLabels."""
        name = self._mapped(name)
        if name == LEAVE_OUT:
            return None
        return parse_label(name, self.labels) if self.labels else name

    def match(self, name: str) -> str:
        """The label that a prediction stands for, No action for text that is no label."""
        return match_label(self._mapped(name), self.labels)

    def _mapped(self, name: str) -> str:
        by_key = {_key(old): new for old, new in self.mapping.items()}
        return by_key.get(_key(name), name)

    def knows(self, name: str) -> bool:
        """Whether a name stands for a label, or is left out."""
        try:
            self.parse(name)
        except UnknownLabels:
            return False
        return True


def parse_mapping(pairs: Iterable[str]) -> dict[str, str]:
    """NEW by OLD from texts such as OLD=NEW; “OLD=” leaves OLD out.  Raises BadMapping."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        old, mark, new = (part.strip() for part in pair.rpartition("="))
        if not mark or not old:
            raise BadMapping(
                f"“{pair}” maps no name; expected OLD=NEW, as in --map pour=Add, or OLD= to leave it out."
            )
        if mapping.setdefault(old, new) != new:
            raise BadMapping(f"“{old}” is mapped to “{mapping[old]}” and to “{new}”; map it once.")
    return mapping


def with_labels(annotations: Annotations, names: LabelNames) -> Annotations:
    """The entries that get a label, in the spelling of their label set, and notes on those left out.

    Raises UnknownNames, which lists every name that stands for no label.
    """
    annotations = choose_tier(annotations, names)
    named = [entry for entry in annotations.entries if entry.label.strip()]
    notes = left_out(len(annotations.entries) - len(named), "row", "without a label")
    known = {text: names.knows(text) for text in {entry.label for entry in named}}
    unknown = Counter(entry.label.strip() for entry in named if not known[entry.label])
    if unknown and names.labels:
        raise UnknownNames(tuple(name for name, _ in unknown.most_common()), annotations.file, names.labels)
    parsed = {text: names.parse(text) for text in known}
    kept = [replace(entry, label=label) for entry in named if (label := parsed[entry.label])]
    notes += left_out(len(named) - len(kept), "interval", "that the mapping gives no label")
    return replace(
        annotations,
        entries=tuple(kept),
        notes=(*annotations.notes, *notes, *_notes_on_mapping(names, named)),
    )


def _notes_on_mapping(names: LabelNames, named: list[Entry]) -> list[str]:
    found = {_key(entry.label) for entry in named}
    used = [f"“{old}” as {new}" for old, new in names.mapping.items() if new and _key(old) in found]
    notes = [f"Labels are read by a mapping: {', '.join(used)}."] if used else []
    if missing := [old for old in names.mapping if _key(old) not in found]:
        notes.append(f"The mapping names {listed(missing)}, which no label is called.")
    return notes


def choose_tier(annotations: Annotations, names: LabelNames) -> Annotations:
    """Of several tiers those that hold labels of the set; of alternatives, one."""
    tiers = list(dict.fromkeys(entry.tier for entry in annotations.entries))
    if len(tiers) < 2:
        return annotations
    texts = {
        tier: [each.label for each in annotations.entries if each.tier == tier and each.label.strip()]
        for tier in tiers
    }
    known = {tier: sum(map(names.knows, each)) for tier, each in texts.items()}
    chosen = [tier for tier in tiers if known[tier]]
    if annotations.alternatives:
        best = max(tiers, key=lambda tier: known[tier])
        fewest = min(tiers, key=lambda tier: len(set(texts[tier])) or len(annotations.entries) + 1)
        chosen = [best if known[best] else fewest]
    if not chosen or len(chosen) == len(tiers):
        return annotations
    others = [tier for tier in tiers if tier not in chosen]
    note = f"The labels are those of {listed(chosen)}; {listed(others)} of the file {_are(others)} not read."
    entries = tuple(entry for entry in annotations.entries if entry.tier in chosen)
    return replace(annotations, entries=entries, notes=(*annotations.notes, note))


def _are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
