"""Registry of the benches that can be rendered, by the key of their labels."""

from __future__ import annotations

from pipelines.datasets.rendered.acts import idle, lab_actions, lab_motion
from pipelines.datasets.rendered.benches.bench import NO_ACTION, Bench, BenchSet
from pipelines.datasets.rendered.benches.everyday import EVERYDAY
from pipelines.datasets.rendered.benches.lab_props import place_lab_actions, place_lab_motion

# Mean lengths in s (published: 11 to 25 s in Lab Actions, 53 to 69 s in Lab Motion).
LAB_ACTIONS = Bench(
    place_props=place_lab_actions,
    acts={**lab_actions.ACTS, NO_ACTION: idle.idle},
    procedures=(
        ("MeasureSolid", "Add", "Stir"),
        ("MeasureLiquid", "Add", "Stir", "AnalyticalMeasurement"),
        ("Add", "PhaseSeparation", "CollectLayer"),
        ("PhaseSeparation", "CollectLayer", "Add"),
        ("AnalyticalMeasurement", "Add", "AnalyticalMeasurement"),
        ("MeasureSolid", "MeasureLiquid", "Stir"),
        ("MeasureLiquid", "PhaseSeparation", "CollectLayer"),
        ("Stir", "AnalyticalMeasurement"),
        ("CollectLayer", "MeasureSolid"),
    ),
    mean_s={
        "Add": 12,
        "AnalyticalMeasurement": 16,
        "CollectLayer": 18,
        "MeasureSolid": 22,
        "MeasureLiquid": 14,
        "PhaseSeparation": 20,
        "Stir": 18,
        NO_ACTION: 8,
    },
    workflow_s=143,
    machine=idle.run_machine,
    beside=("Add", "Stir", "MeasureSolid", "AnalyticalMeasurement", "MeasureLiquid"),
    undivided=frozenset({"PhaseSeparation"}),
)
LAB_MOTION = Bench(
    place_props=place_lab_motion,
    acts={**lab_motion.ACTS, NO_ACTION: idle.idle},
    procedures=(
        ("Development (circular)", "Rinsing"),
        ("Development (figure eight)", "Rinsing"),
        ("Development (puddle)", "Rinsing"),
        ("Development (circular)", "Development (puddle)"),
        ("Development (figure eight)", "Development (circular)"),
        ("Development (puddle)", "Development (figure eight)"),
        ("Rinsing",),
    ),
    mean_s={
        "Development (circular)": 58,
        "Development (figure eight)": 58,
        "Development (puddle)": 56,
        "Rinsing": 54,
        NO_ACTION: 8,
    },
    workflow_s=186,
    machine=idle.run_machine,
)
BENCHES = {  # streams are fixed, so that old seeds keep their scenes
    "lab-actions": BenchSet(7003, (LAB_ACTIONS,)),
    "lab-motion": BenchSet(7004, (LAB_MOTION,)),
    "everyday": EVERYDAY,
}
