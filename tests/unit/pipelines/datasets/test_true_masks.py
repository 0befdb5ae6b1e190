"""True masks on disk are those of the scene, at the times at which a clip is sampled."""

import numpy as np

from pipelines.datasets.manifest import read_manifest
from pipelines.datasets.rendered.benches.wearer import wearer_of
from pipelines.datasets.rendered.frames.frames import frames
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings
from pipelines.datasets.rendered.scenes.scene import build_scene
from pipelines.datasets.true_masks import true_masks

SIZE = {"width": 64, "height": 48}


def test_masks_at_sample_times_and_what_they_are_of(tmp_path):
    manifest = render(
        Settings(
            labels="lab-actions",
            workflows=1,
            seed=3,
            rate_hz=8,
            workflow_s=8,
            clips=False,
            signals=True,
            **SIZE,
        ),
        tmp_path / "out",
    )
    scene = build_scene("lab-actions", 3, 0, wearer_of(0, 1), 8)
    drawn = [frame.masks for frame in frames(scene, 8, 64, 48)]
    for row in read_manifest(manifest):
        masks, objects = true_masks(manifest, row)
        first = int(row.start_s * 8)
        np.testing.assert_array_equal(masks, drawn[first : first + 32 : 2])
        assert masks.max() < len(objects)
        assert objects[:3] == ("background", "left hand", "right hand")
        assert {"beaker", "funnel", "balance"} <= set(objects)


def test_without_signals_there_is_no_truth(tmp_path):
    manifest = render(
        Settings(labels="lab-actions", workflows=1, seed=3, rate_hz=4, workflow_s=4, clips=False, **SIZE),
        tmp_path / "out",
    )
    assert true_masks(manifest, read_manifest(manifest)[0]) is None
