"""`doctor` describes every machine, and never ends in a traceback."""

import json

import pytest

import zoo.device
import zoo.releases
from pipelines.__main__ import main
from pipelines.benchmarks import diagnosis
from pipelines.cli.doctor import summarise
from tests.support.tiny_releases import write_zoo
from zoo.variants import VARIANTS

KEYS = [each.key for each in VARIANTS]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = write_zoo(tmp_path_factory.mktemp("zoo"))
    (folder / "x-clip-rf-lab-actions" / "model.safetensors").write_bytes(b"half a file")
    return folder


@pytest.fixture(autouse=True)
def _machine(tiny, monkeypatch):
    """A tiny zoo with a broken forest, no Hub, and the device chosen by nobody."""
    monkeypatch.setattr(zoo.releases, "EMBEDDED", tiny)
    monkeypatch.setattr(diagnosis, "ROUNDS", 1)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("BENCHSCRIBE_DEVICE", "cpu")
    zoo.device.device.cache_clear()
    yield
    zoo.device.device.cache_clear()


def test_it_describes_the_machine_and_times_every_variant(tmp_path):
    out = tmp_path / "doctor.json"
    assert main(["doctor", "--json", str(out)]) == 0
    written = json.loads(out.read_text())
    assert written.keys() == {
        *("benchscribe", "python", "versions", "device", "host", "hub", "disk", "variants")
    }
    device = written["device"]
    assert (device["name"], device["dtype"], device["max_batch"]) == ("cpu", "float32", 1)
    assert device["has_bytes"] > device["free_bytes"] > 0
    assert written["versions"]["torch"][0].isdigit()
    assert written["hub"]["problem"].startswith("http://127.0.0.1:9 cannot be reached")
    assert written["disk"]["free_bytes"] > 0
    assert list(written["variants"]) == KEYS
    assert "x-clip-rf-lab-actions cannot be loaded" in written["variants"].pop("x-clip-rf")["problem"]
    for report in written["variants"].values():
        assert min(report[name] for name in ("load_s", "first_clip_s", "clip_s")) > 0
        assert report["peak_bytes"] is None


def test_a_device_that_is_not_there_is_said_and_the_rest_is_described(capsys):
    assert main(["doctor", "--device", "cuda:99"]) == 0
    written = json.loads(capsys.readouterr().out)
    problems = [written["device"], *written["variants"].values()]
    assert all(each["problem"].startswith("There is no cuda:99 on this machine") for each in problems)
    assert written["host"]["free_bytes"] > 0


def test_whatever_fails_is_a_sentence_in_its_place(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("the driver is broken\nand says so on two lines")

    for name in ("total_memory", "free_bytes", "find_release"):
        monkeypatch.setattr(diagnosis, name, fail)
    monkeypatch.setattr(diagnosis, "PACKAGES", ("torch", "no-such-package"))
    found = diagnosis.diagnose()
    for part in (found.device, found.host, found.disk, *found.variants.values()):
        assert part == "RuntimeError: the driver is broken"
    assert found.versions["no-such-package"] == "not installed"
    text = summarise(found)
    assert len(text.splitlines()) == 6 + len(KEYS)
    assert all(key in text for key in KEYS)


def test_a_person_reads_one_line_a_variant_with_its_batch():
    report = diagnosis.VariantReport(
        release="vi-cl",
        parameters=10,
        load_s=1.0,
        first_clip_s=0.5,
        clip_s=0.1,
        batch=32,
        batch_clip_s=0.01,
        peak_bytes=2_000_000_000,
    )
    device = diagnosis.DeviceReport(
        name="cuda:1",
        description="a card",
        dtype="bfloat16",
        max_batch=32,
        has_bytes=24 * 10**9,
        free_bytes=20 * 10**9,
    )
    found = diagnosis.Diagnosis(
        benchscribe="1",
        python="3",
        versions={},
        device=device,
        host="unknown",
        hub=diagnosis.HubReport("https://hub", 0.25),
        disk=diagnosis.DiskReport("/cache", 10**9),
        variants={"vi-cl": report},
    )
    text = summarise(found)
    assert "cuda:1 (a card), bfloat16, batch 32, has 24.0 GB of memory, 20.0 GB free" in text
    assert "a clip 0.100 s, 0.010 s in a batch of 32, at most 2.00 GB" in text
    assert "https://hub answers in 0.25 s" in text
