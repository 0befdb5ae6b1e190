"""Latency: where the seconds of a recognition go."""

from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Seconds spent on the clips so far, by stage of the path."""

    decode: float = 0.0
    signals: float = 0.0
    encode: float = 0.0
    embed: float = 0.0
    answer: float = 0.0

    @property
    def total(self) -> float:
        """Seconds of all stages."""
        return sum(self.by_stage().values())

    def __add__(self, other: "Latency") -> "Latency":
        theirs = other.by_stage()
        return Latency(**{stage: spent_s + theirs[stage] for stage, spent_s in self.by_stage().items()})

    def by_stage(self) -> dict[str, float]:
        """Seconds by the name of the stage, in the order of the path."""
        return asdict(self)


STAGES = tuple(stage.name for stage in fields(Latency))
