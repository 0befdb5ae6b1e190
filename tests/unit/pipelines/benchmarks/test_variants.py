"""The variants are timed for what they do: alone each embeds for itself, together they share."""

import json

import pytest

from pipelines.__main__ import main
from pipelines.benchmarks.variants import TOGETHER
from tests.support.tiny_releases import write_zoo
from zoo.model_store import ModelStore
from zoo.variants import VARIANTS


def test_eight_alone_are_eight_passes_and_together_five(monkeypatch, tmp_path, video, capsys):
    monkeypatch.setattr("zoo.releases.EMBEDDED", write_zoo(tmp_path))
    passes, embed = [], ModelStore.embed

    def noting(store, spec, clips):
        passes.append((spec, id(clips[0])))
        return embed(store, spec, clips)

    monkeypatch.setattr(ModelStore, "embed", noting)
    assert main(["benchmark-variants", str(video), "--rounds", "1"]) == 0
    speeds = json.loads(capsys.readouterr().out)
    keys = {each.key for each in VARIANTS}
    assert speeds["forward_passes"] == 5
    assert set(speeds["seconds"]) == set(speeds["cpu_s"]) == keys | {TOGETHER}
    assert len(passes) == 2 * (8 + 5)  # once to warm up
    together = speeds["seconds"].pop(TOGETHER)
    assert speeds["ratio"] == pytest.approx(together / sum(speeds["seconds"].values()), abs=0.01)
    assert set(speeds["parameters"]) == keys


def test_no_release_for_the_labels(monkeypatch, tmp_path, video, capsys):
    monkeypatch.setattr("zoo.releases.EMBEDDED", tmp_path)
    assert main(["benchmark-variants", str(video)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert main(["benchmark-variants", str(video), "--tier", "cloud"]) == 2
    assert "embedded, hub" in capsys.readouterr().err
