"""Columns that say whether gaze was seen, by their usual names, and which of their values mean no."""

import re
from dataclasses import dataclass

import numpy as np

from pipelines.recordings.gaze.column_names import squashed
from pipelines.recordings.gaze.files import MAX_NAMES, UnreadableGaze
from pipelines.recordings.gaze.formats.texts import Text, Words
from pipelines.recordings.tables import Convert, number

MIN_CONFIDENCE = 0.6  # as Pupil Core recommends
DECISIVE = 0.5  # two values go with lost points in shares that differ by more
MIN_LOST = 3  # fewer lost points are no evidence
MOST_BLINKS = 0.5  # nobody blinks most of the time
MOSTLY = 0.5  # gaze is seen mostly
TOBII_CODES, TOBII_SEEN = frozenset(range(5)), (0.0, 1.0)  # 2 is uncertain, 3 and 4 are lost
TRUE, FALSE = re.compile("1|true|t|yes|y|on"), re.compile("0|false|f|no|n|off")
SEEN = re.compile(
    "valid|ok|good|tracked|tracking|worn|open|detected|found|present|visible|seen|success|eyesfound|"
    "fixation|saccade|(smooth)?pursuit"
)
UNSEEN = re.compile(
    "(in|not)valid|lost|bad|(un|not)tracked|nottracking|notworn|closed|(un|not)detected|(eyes?)?notfound|missing|"
    "absent|blink|blinking|error|failed|failure|dropped|(un|not)seen|none|null"
)
BLANK = frozenset(("", "nan", "na", "n/a", "-"))

_WHOSE = (
    "gaze|eyes?|pupils?|left|right|is|in|has|data|samples?|points?|face|tracker|glasses|tracking|average|avg|"
    "combined|binocular|both"
)
_KINDS = (
    ("confidence", r"confidence|conf|quality|probability|certainty"),
    ("validity", r"validity|valid|fpogv|bpogv|lpogv|rpogv"),
    ("flag", r"worn|wearing|tracked|tracking|detected|found|present|seen|visible|open|ok|glasseson"),
    (
        "loss",
        r"invalid|notvalid|blinks?|blinking|blinkid|blinkdetected|lost|loss|trackloss|dropped|missing|closed",
    ),
    ("loss", r"outlier|artifact|artefact|unseen"),
    ("status", r"status"),
)
_PATTERNS = tuple(
    (kind, re.compile(rf"({_WHOSE})*({names})({_WHOSE}|flags?|codes?|status|state|l|r|id)*"))
    for kind, names in _KINDS
)


_LIKE = re.compile("valid|confid|blink|worn|tracked|trackloss|lost")


@dataclass(frozen=True)
class SeenColumn:
    """A column that says whether gaze was seen.

    kind  confidence (high is seen), validity (a flag, or Tobii's codes), flag (true is seen), loss (true is
          not seen), status (words)
    eye   left, right, or nothing if it is of both
    """

    name: str
    kind: str
    eye: str

    def converter(self) -> Convert:
        """What reads the column."""
        return number if self.kind == "confidence" else Words()


def find_seen_columns(columns: tuple[str, ...]) -> list[SeenColumn]:
    """The columns that say whether gaze was seen."""
    found = []
    for name in columns:
        plain = squashed(name)
        kind = next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(plain)), None)
        kind = "status" if plain == "s" else kind
        eye = next((eye for eye in ("left", "right") if eye in plain), "")
        eye = eye or {"lpogv": "left", "rpogv": "right"}.get(plain, "")
        if kind:
            found.append(SeenColumn(name, kind, eye))
    return found


def find_unread_columns(columns: tuple[str, ...]) -> list[str]:
    """Columns that by a part of their names may say whether gaze was seen, but that are not known."""
    known = {each.name for each in find_seen_columns(columns)}
    return [name for name in columns if name not in known and _LIKE.search(squashed(name))]


def unseen_rows(
    column: SeenColumn, cells: np.ndarray | Text, lost: np.ndarray, name: str
) -> tuple[np.ndarray, str]:
    """[N] bool, where a column says that gaze was not seen, and how it was read; nothing if that is clear.

    lost [N] bool are the rows that have no point, which is evidence.  Raises UnreadableGaze for values
    that are ambiguous or unknown.
    """
    if isinstance(cells, np.ndarray):
        return _unsure(column, cells, name)
    words = {code: _spelled(cells.words[code]) for code in np.unique(cells.codes)}
    given = {code: word for code, word in words.items() if word not in BLANK}
    if not given:
        return np.zeros(len(lost), bool), ""
    numbers = {code: _number(word) for code, word in given.items()}
    if all(value is not None for value in numbers.values()):
        values = np.full(len(cells.words), np.nan)
        values[list(numbers)] = list(numbers.values())
        return _by_number(column, values[cells.codes], lost, name)
    return _by_word(column, given, cells.codes, lost, name)


def _spelled(word: str) -> str:
    word = word.casefold().strip(" \"'")
    return word if word in BLANK or _number(word) is not None else squashed(word)


def _number(word: str) -> float | None:
    try:
        value = float(word.replace(",", "."))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _refuse(column: SeenColumn, name: str, problem: str) -> UnreadableGaze:
    return UnreadableGaze(
        f"“{column.name}” of “{name}” {problem}: call it valid, with 1 where gaze was seen and 0 where not, "
        "or delete it."
    )


def _unsure(column: SeenColumn, values: np.ndarray, name: str) -> tuple[np.ndarray, str]:
    """Rows of a low confidence from 0 to 1, or from 0 to 100."""
    most = np.nanmax(values, initial=0.0)
    if most > 100 or 1.5 < most <= 10:
        raise _refuse(column, name, f"reaches {most:.3g}, where a confidence ends at 1 or at 100")
    least = MIN_CONFIDENCE * (100 if most > 1.5 else 1)
    if np.isnan(values).all():
        return np.zeros(len(values), bool), ""
    return ~(values >= least), f"{column.name} under {least:g} is not seen"


def _by_word(
    column: SeenColumn, given: dict[int, str], codes: np.ndarray, lost: np.ndarray, name: str
) -> tuple[np.ndarray, str]:
    true_is_seen = column.kind != "loss"
    means_seen = {code: _means_seen(word, true_is_seen) for code, word in given.items()}
    unknown = sorted(given[code] for code, seen in means_seen.items() if seen is None)
    if unknown:
        listed = ", ".join(unknown[:MAX_NAMES]) + (", …" if len(unknown) > MAX_NAMES else "")
        raise _refuse(column, name, f"has unknown values ({listed})")
    unseen_codes = [code for code, seen in means_seen.items() if not seen]
    unseen = np.isin(codes, unseen_codes)
    if true_is_seen:
        unseen |= ~np.isin(codes, list(given))
    if _lost_share(lost, ~unseen) - _lost_share(lost, unseen) > DECISIVE and column.kind != "loss":
        raise _refuse(column, name, "calls the rows without a point seen, and those with one not")
    words = sorted({given[code] for code in unseen_codes})
    return unseen, f"{column.name} {' or '.join(words)} is not seen" if words else ""


def _means_seen(word: str, true_is_seen: bool) -> bool | None:
    """Whether a word says that gaze was seen; None if it is unknown."""
    if SEEN.fullmatch(word) or (TRUE if true_is_seen else FALSE).fullmatch(word):
        return True
    if UNSEEN.fullmatch(word) or (FALSE if true_is_seen else TRUE).fullmatch(word):
        return False
    return None


def _lost_share(lost: np.ndarray, rows: np.ndarray) -> float:
    """The share of rows without a point; a half if there are no such rows or too few lost ones to tell."""
    return float(lost[rows].mean()) if rows.any() and lost.sum() >= MIN_LOST else 0.5


def _by_number(column: SeenColumn, values: np.ndarray, lost: np.ndarray, name: str) -> tuple[np.ndarray, str]:
    """Rows whose number says not seen; NaN is an empty cell."""
    distinct = frozenset(np.unique(values[np.isfinite(values)]).tolist())
    if column.kind == "loss":
        return _by_loss(column, values, lost, name)
    if column.kind == "status":
        return _by_status(column, values, lost, name)
    if distinct <= {0.0, 1.0}:
        return _by_flag(column, values, lost, name)
    if column.kind == "flag" and len(distinct) == 2 and min(distinct) == 0:
        return ~(values > 0), f"{column.name} 0 is not seen"
    if column.kind == "validity" and distinct <= TOBII_CODES:
        unseen = ~np.isin(values, TOBII_SEEN)
        evidence = _lost_share(lost, unseen) - _lost_share(lost, ~unseen)
        if evidence < -DECISIVE or (unseen.mean() > MOSTLY and evidence <= DECISIVE):
            raise _refuse(column, name, "has codes up to 4, of which 0 should mean seen and 4 not (Tobii)")
        return unseen, f"{column.name} was read as Tobii's codes, of which 2 to 4 are not seen"
    if min(distinct) >= 0:
        return _unsure(column, values, name)
    listed = ", ".join(f"{each:g}" for each in sorted(distinct)[:MAX_NAMES])
    raise _refuse(column, name, f"has unknown values ({listed})")


def _by_loss(column: SeenColumn, values: np.ndarray, lost: np.ndarray, name: str) -> tuple[np.ndarray, str]:
    """Rows in a blink, or lost: a number of a blink, or 1; beside empty cells 0 is the number of one, too."""
    is_number = squashed(column.name).endswith("id") and np.isnan(values).any()
    unseen = np.isfinite(values) & ((values >= 0) if is_number else (values > 0))
    evidence = _lost_share(lost, unseen) - _lost_share(lost, ~unseen)
    if unseen.mean() > MOST_BLINKS and evidence <= DECISIVE:
        raise _refuse(column, name, f"is set in {unseen.mean():.0%} of the rows, where it should be rare")
    return unseen, f"{column.name} is not seen"


def _by_flag(column: SeenColumn, values: np.ndarray, lost: np.ndarray, name: str) -> tuple[np.ndarray, str]:
    """Rows with 0, or with 1 if that goes with lost points in a column that may hold Tobii's codes."""
    zero, one = values == 0, values == 1
    evidence = _lost_share(lost, zero) - _lost_share(lost, one)
    may_be_code = "validity" in column.name
    if evidence < -DECISIVE:
        if not may_be_code:
            raise _refuse(column, name, "is 1 in rows without a point and 0 in those with one")
        return ~zero, f"{column.name} 1 goes with rows without a point, so 1 is not seen"
    if may_be_code and zero.all() and lost.mean() < DECISIVE:
        return ~zero, f"{column.name} is 0 throughout, a code of Tobii for seen"
    if may_be_code and evidence <= DECISIVE and zero.mean() > 0.5:
        raise _refuse(column, name, "is mostly 0, which may mean seen (a code of Tobii) or not seen (a flag)")
    return ~one, f"{column.name} 0 is not seen"


def _by_status(column: SeenColumn, values: np.ndarray, lost: np.ndarray, name: str) -> tuple[np.ndarray, str]:
    """Rows whose number goes with lost points; which numbers mean that is not known otherwise."""
    distinct = np.unique(values[np.isfinite(values)])
    if len(distinct) == 1 and np.isfinite(values).all():
        return np.zeros(len(values), bool), ""
    shares = {value: float(lost[values == value].mean()) for value in distinct}
    unseen = [value for value, share in shares.items() if share > 0.9]
    if not unseen or any(0.1 < share <= 0.9 for share in shares.values()):
        listed = ", ".join(f"{each:g}" for each in distinct[:MAX_NAMES])
        raise _refuse(column, name, f"has numbers ({listed}) of an unknown meaning")
    listed = " or ".join(f"{each:g}" for each in unseen)
    return np.isin(values, unseen), f"{column.name} {listed} goes with rows without a point and is not seen"
