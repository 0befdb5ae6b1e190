"""The dataset card counts what the sets hold."""

import json

from pipelines.__main__ import main
from pipelines.datasets.manifest import SPLITS, read_manifest
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings

HEADER = "video_id,annotation_id,start_sec,end_sec,verb,noun,scenario"


def test_the_card_counts_its_sets(tmp_path, capsys):
    out = tmp_path / "little"
    render(
        Settings(
            labels="lab-actions",
            workflows=3,
            seed=3,
            rate_hz=1,
            width=32,
            height=32,
            workflow_s=24,
            clips=False,
        ),
        out,
    )
    (tmp_path / "real").mkdir()
    (tmp_path / "real/ego_a.csv").write_text(f"{HEADER}\nv,1,0,2.5,[52],[],lab\nv,2,3,5.5,[],[],lab\n")
    card = tmp_path / "DATASET.md"
    command = ["dataset-card", out / "manifest.csv", "--real", tmp_path / "real", "--out", card]
    assert main([str(each) for each in command]) == 0
    text = card.read_text()
    rows = read_manifest(out / "manifest.csv")
    assert f"{len(rows)} clips" in text
    label = rows[0].label
    counts = [sum((row.label, row.split) == (label, split) for row in rows) for split in SPLITS]
    assert f"| {label} | {' | '.join(map(str, counts))} |" in text
    assert "render --labels lab-actions --workflows 3 --seed 3 --rate-hz 1 --workflow-s 24" in text
    assert "50% of its actions have none" in text
    assert "| length, median (s) |" in text
    assert str(tmp_path) not in text
    assert json.loads((out / "render.json").read_text())["seed"] == 3
    assert main(["dataset-card", str(tmp_path / "gone.csv"), "--out", str(card)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
