"""evaluation.json: what is written is read back, older files too, and broken ones get one sentence."""

import json
from dataclasses import replace

import pytest

from tests.support.tiny_evaluations import SCORES, tiny_evaluation
from zoo.evaluation import RATIOS, read_evaluations, write_evaluations
from zoo.releases import EMBEDDED, measured_chance, measured_f1
from zoo.weights import WeightsMissing

WHOLE = replace(
    SCORES,
    f1_smoothed=0.75,
    ratio_as_named=dict.fromkeys(RATIOS, 0.5),
    f1_interval=(0.25, 0.75),
    ratio_interval=dict.fromkeys(RATIOS, (0.125, 1.0)),
    interval_unit="wearer",
    interval_units=3,
    confusion={"Add": {"Add": 4, "Stir": 0}, "Stir": {"Add": 3, "Stir": 1}},
)


def test_what_is_written_is_read_back(tmp_path):
    written = (
        tiny_evaluation(chance=0.125),
        tiny_evaluation(encoding="VG", scores=WHOLE, shuffled="gaze", seed=3),
    )
    write_evaluations(tmp_path, written)
    assert read_evaluations(tmp_path) == written
    assert measured_f1(tmp_path, "lab-actions") == {"V": 0.5, "VG": 0.5}
    assert measured_chance(tmp_path, "lab-actions") == 0.125
    assert measured_f1(tmp_path, "lab-motion") == {}


def test_a_folder_without_one_has_no_evaluations(tmp_path):
    assert read_evaluations(tmp_path) == ()


@pytest.mark.parametrize(
    "folder", [p.parent for p in EMBEDDED.glob("*/evaluation.json")], ids=lambda p: p.name
)
def test_the_shipped_files_hold_what_they_held(folder):
    for evaluation, data in zip(
        read_evaluations(folder), json.loads((folder / "evaluation.json").read_text()), strict=True
    ):
        again = json.loads(json.dumps(evaluation.to_json()))
        assert {key: again[key] for key in data} == data


def test_older_ratios_have_bounds_too():
    older = replace(SCORES, ratio={"names": 1.0, "symbols": 0.95, "strict": 0.25}, workflows=24)
    older = replace(older, ratio_ci={"names": 0.0, "symbols": 0.125, "strict": 0.0})
    low, high = older.ratio_bounds["names"]
    assert (round(low, 2), high) == (0.86, 1)
    assert older.ratio_bounds["symbols"] == pytest.approx((0.825, 1))
    assert older.ratio_bounds["strict"] is None


BREAKS = {
    "no list": lambda data: 1,
    "numbers": lambda data: [1],
    "no F1": lambda data: [{key: value for key, value in data.items() if key != "f1"}],
    "an F1 above 1": lambda data: [data | {"f1": 80.2}],
    "an F1 in words": lambda data: [data | {"f1": "high"}],
    "bounds the wrong way round": lambda data: [data | {"f1_interval": [0.9, 0.1]}],
    "three bounds": lambda data: [data | {"f1_interval": [0.1, 0.2, 0.3]}],
    "two ratios": lambda data: [data | {"ratio": {"names": 1, "symbols": 1}}],
    "another unit": lambda data: [data | {"interval_unit": "clip"}],
    "no label set": lambda data: [data | {"labels": ""}],
}


@pytest.mark.parametrize("harm", BREAKS.values(), ids=BREAKS)
def test_a_broken_file_gets_one_sentence_and_keeps_nobody_from_answering(tmp_path, harm):
    (tmp_path / "evaluation.json").write_text(json.dumps(harm(tiny_evaluation().to_json())))
    with pytest.raises(WeightsMissing, match=r"evaluate the release again") as caught:
        read_evaluations(tmp_path)
    assert "\n" not in str(caught.value)
    assert measured_f1(tmp_path, "lab-actions") == {}
    assert measured_chance(tmp_path, "lab-actions") is None
