"""What a reader leaves out of a manifest, counted by reason."""

from __future__ import annotations

from dataclasses import dataclass, field

EXAMPLES = 3  # named a reason


@dataclass
class Skipped:
    """Counts and first examples of what was left out, each under its reason."""

    reasons: dict[str, dict[str, object]] = field(default_factory=dict)

    def add(self, reason: str, example: str) -> None:
        """Count one thing more under a reason."""
        entry = self.reasons.setdefault(reason, {"count": 0, "examples": []})
        entry["count"] += 1
        if len(entry["examples"]) < EXAMPLES:
            entry["examples"].append(example)
