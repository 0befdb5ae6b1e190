"""What an importer leaves out of a manifest, counted by reason."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_EXAMPLES = 3  # listed for a reason


@dataclass
class Skipped:
    """Counts and first examples of what was left out, by reason; as it stands in the report.

    notes  sentences on what was inferred of the source
    """

    reasons: dict[str, dict[str, object]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, reason: str, example: str) -> None:
        """Count one thing more for a reason."""
        entry = self.reasons.setdefault(reason, {"count": 0, "examples": []})
        entry["count"] += 1
        if len(entry["examples"]) < MAX_EXAMPLES:
            entry["examples"].append(example)
