"""The contact sheet shows every activity of a bench."""

import cv2

from pipelines.datasets.rendered.output import sheet
from zoo.labels import LAB_MOTION


def test_every_activity_has_a_row(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "WIDTH", 40)
    monkeypatch.setattr(sheet, "HEIGHT", 30)
    monkeypatch.setattr(sheet, "WORKFLOWS", 3)
    shown = sheet.contact_sheet("lab-motion", 3, tmp_path / "sheet.jpg")
    assert set(shown) == set(LAB_MOTION.labels)
    picture = cv2.imread(str(tmp_path / "sheet.jpg"))
    height = len(shown) * (30 + sheet.CAPTION_PX + sheet.GAP_PX)
    assert picture.shape == (height, sheet.CLIPS * (sheet.FRAMES * 40 + sheet.GAP_PX), 3)
    assert picture.std() > 20
