"""The tiny releases are found and answer like those that are shipped."""

from tests.support.tiny_releases import make_clips, write_zoo
from zoo.labels import LABEL_SETS
from zoo.model_store import ModelStore
from zoo.releases import embedded_releases
from zoo.variants import VARIANTS


def test_every_variant_answers_for_both_label_sets(monkeypatch, tmp_path):
    monkeypatch.setattr("zoo.releases.EMBEDDED", write_zoo(tmp_path))
    found = embedded_releases()
    assert {(each.variant, each.labels) for each in found} == {(v, s) for v in VARIANTS for s in LABEL_SETS}
    store, clips = ModelStore(), make_clips(2)
    for release in found:
        said = store.answer(release, store.embed(release.feature_spec, clips))
        assert [each.start_s for each in said] == [0, 4]
        assert {each.label for each in said} <= set(release.labels.labels)
