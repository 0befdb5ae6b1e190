"""Fingerprints change with what encoded clips depend on, and with nothing else."""

import os
from dataclasses import replace

from pipelines.datasets.clips import rows_of
from pipelines.training import fingerprint
from pipelines.training.fingerprint import (
    SMALL,
    clips_fingerprint,
    encoding_fingerprint,
    file_fingerprint,
)


def test_a_small_file_is_its_content(tmp_path):
    file = tmp_path / "gaze.csv"
    file.write_text("1,2,3")
    before = file_fingerprint(file)
    os.utime(file, (1, 1))
    assert file_fingerprint(file) == before
    file.write_text("1,2,4")
    os.utime(file, (1, 1))  # the same size and time
    assert file_fingerprint(file) != before
    assert file_fingerprint(tmp_path / "absent") == ""


def test_a_large_file_is_its_ends_its_size_and_its_time(tmp_path):
    file = tmp_path / "scene.mp4"
    file.write_bytes(bytes(3 * SMALL))
    os.utime(file, (1, 1))
    before = file_fingerprint(file)
    file.write_bytes(bytes(3 * SMALL - 1) + b"!")
    os.utime(file, (1, 1))
    other_end = file_fingerprint(file)
    file.write_bytes(bytes(3 * SMALL + 1))
    os.utime(file, (1, 1))
    other_size = file_fingerprint(file)
    file.write_bytes(bytes(3 * SMALL))
    os.utime(file, (2, 2))
    assert len({before, other_end, other_size, file_fingerprint(file)}) == 4


def test_labels_do_not_matter_and_times_do(lab):
    rows = rows_of(lab, "validation")
    before = clips_fingerprint(lab, rows)
    assert clips_fingerprint(lab, [replace(row, label="Add") for row in rows]) == before
    assert clips_fingerprint(lab, [replace(row, start_s=row.start_s + 0.25) for row in rows]) != before
    assert clips_fingerprint(lab, rows[1:]) != before


def test_sampling_matters(lab, monkeypatch):
    rows = rows_of(lab, "validation")
    before = clips_fingerprint(lab, rows)
    monkeypatch.setattr(fingerprint, "SAMPLING", (*fingerprint.SAMPLING[:-1], 100))
    assert clips_fingerprint(lab, rows) != before


def test_painting_an_encoding_another_way_matters(monkeypatch):
    before = {name: encoding_fingerprint(name) for name in ("V", "VG", "MD")}
    assert len(set(before.values())) == 3
    encoding_fingerprint.cache_clear()
    monkeypatch.setattr("encodings.paint.GAZE_RGB", (0, 255, 0))
    after = {name: encoding_fingerprint(name) for name in before}
    encoding_fingerprint.cache_clear()
    assert after["VG"] != before["VG"]
    assert (after["V"], after["MD"]) == (before["V"], before["MD"])
