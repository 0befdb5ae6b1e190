"""A small Evaluation, whole, for tests of what reads one."""

from dataclasses import replace

from zoo.evaluation import RATIOS, Evaluation, Scores

SCORES = Scores(
    f1=0.5,
    per_activity={"Add": 0.5, "Stir": 0.25},
    workflows=4,
    ratio=dict(zip(RATIOS, (0.75, 0.5, 0.25), strict=True)),
    ratio_ci=dict.fromkeys(RATIOS, 0.125),
    clips=8,
)


def tiny_evaluation(f1: float = 0.5, **changes) -> Evaluation:
    """Of X-CLIP + RF on Lab Actions, with whatever is changed."""
    about = {"release": "x-clip-rf-lab-actions", "variant": "x-clip-rf", "labels": "lab-actions"}
    about |= {"encoding": "V", "split": "testing", "scores": replace(SCORES, f1=f1)}
    return Evaluation(**about | changes)
