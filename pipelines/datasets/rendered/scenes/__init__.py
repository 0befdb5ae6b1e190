"""One workflow as a scene: the plan, the head, the gaze."""
