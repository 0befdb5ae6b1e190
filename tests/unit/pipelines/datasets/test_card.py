"""How actions follow each other, counted once more by hand, and the card that says so."""

import json
import math

import pytest

from pipelines.__main__ import main
from pipelines.datasets.importers.tables import UnreadableSource
from pipelines.datasets.manifest import ClipRow, read_manifest
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.structure import Act, acts_of, described, mean_lengths_s, real_acts

HEADER = "video_id,annotation_id,start_sec,end_sec,verb,noun,scenario"


def rows(workflow: str, labels: str) -> list[ClipRow]:
    """One clip a letter, "-" is No action."""
    names = {"-": "No action"}
    return [
        ClipRow("a.mp4", 4.0 * place, 4.0 * place + 4, names.get(letter, letter), "training", "w", workflow)
        for place, letter in enumerate(labels)
    ]


def test_neighbouring_clips_are_one_action_and_no_action_is_none():
    acts = acts_of(rows("f", "-AAB-AC-CC"))
    assert acts == (
        Act("f", 4.0, 12.0, "A"),
        Act("f", 12.0, 16.0, "B"),
        Act("f", 20.0, 24.0, "A"),
        Act("f", 24.0, 28.0, "C"),
        Act("f", 32.0, 40.0, "C"),
    )
    assert mean_lengths_s(acts) == {"A": 6.0, "B": 4.0, "C": 6.0}


def test_clips_of_files_of_their_own_are_not_joined_across_a_hole():
    one, two = rows("f", "AA")
    apart = ClipRow("b.mp4", 0.0, 4.0, "A", "training", "w", "f")
    assert len(acts_of([one, two, apart])) == 2


def test_described():
    """A B A C C | A B: pairs AB BA AC CC AB; CC repeats, A (third) returns."""
    found = described(acts_of(rows("f", "-AAB-AC-CC") + rows("g", "AB")))
    assert (found["recordings"], found["actions"], found["kinds"]) == (2, 7, 3)
    assert found["median_actions"] == 3.5
    assert (found["lower_s"], found["median_s"], found["upper_s"]) == (4.0, 4.0, 6.0)
    assert found["repeated"] == pytest.approx(1 / 5)
    assert found["returned"] == pytest.approx(1 / 5)
    after_a = -(2 / 3 * math.log2(2 / 3) + 1 / 3 * math.log2(1 / 3))  # A: B, C, B; B: A; C: C
    assert found["entropy"] == pytest.approx(3 / 5 * after_a)
    nothing = -(2 * 2 / 5 * math.log2(2 / 5) + 1 / 5 * math.log2(1 / 5))  # B, A, C, C, B
    assert found["unknown"] == pytest.approx(nothing)


def test_real_annotations(tmp_path):
    (tmp_path / "ego_a.csv").write_text(f'{HEADER}\nv,1,0.5,2,"[52, 68]",[503],lab\nv,2,3,4,[],[],lab\n')
    (tmp_path / "exo_a.csv").write_text(f"{HEADER}\nv,3,0,9,[1],[],lab\n")
    assert real_acts(tmp_path) == (Act("v", 0.5, 2.0, "52"), Act("v", 3.0, 4.0, None))
    (tmp_path / "ego_b.csv").write_text(f"{HEADER}\nv,x4,soon,9,[1],[],lab\n")
    with pytest.raises(UnreadableSource, match="the action 'x4' without a start"):
        real_acts(tmp_path)
    with pytest.raises(UnreadableSource, match="holds no"):
        real_acts(tmp_path / "nowhere")


def test_the_card_counts_its_sets(tmp_path, capsys):
    out = tmp_path / "little"
    render("lab-actions", 3, 3, out, rate_hz=1, width=32, height=32, workflow_s=24, clips=False)
    (tmp_path / "real").mkdir()
    (tmp_path / "real/ego_a.csv").write_text(f"{HEADER}\nv,1,0,2.5,[52],[],lab\nv,2,3,5.5,[],[],lab\n")
    card = tmp_path / "DATASET.md"
    command = ["dataset-card", out / "manifest.csv", "--real", tmp_path / "real", "--out", card]
    assert main([str(each) for each in command]) == 0
    text = card.read_text()
    held = read_manifest(out / "manifest.csv")
    assert f"{len(held)} clips" in text
    label = held[0].label
    counts = [
        sum((row.label, row.split) == (label, split) for row in held)
        for split in ("training", "validation", "testing")
    ]
    assert f"| {label} | {' | '.join(map(str, counts))} |" in text
    assert "render --labels lab-actions --workflows 3 --seed 3 --rate-hz 1 --workflow-s 24" in text
    assert "50% of its actions have none" in text
    assert "| length, median (s) |" in text
    assert str(tmp_path) not in text
    assert json.loads((out / "render.json").read_text())["seed"] == 3
    assert main(["dataset-card", str(tmp_path / "gone.csv"), "--out", str(card)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
