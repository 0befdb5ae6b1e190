"""Files that are broken, or of another kind, are one sentence that names the release."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.tiny_releases import write_vi_lm, write_videomae, write_xclip
from zoo.model_store import ModelStore
from zoo.releases import find_release
from zoo.weights import WeightsMissing, reading

Harm = Callable[[Path], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """One whole release of each kind of files, in folders named by variant."""
    folder = tmp_path_factory.mktemp("whole")
    write_videomae(folder / "vi-cl")
    write_vi_lm(folder / "vi-lm")
    write_xclip(folder / "x-clip")
    return folder


def setting(file: str, **changes: object) -> Harm:
    def harm(folder: Path) -> None:
        config = json.loads((folder / file).read_text())
        (folder / file).write_text(json.dumps(config | changes))

    return harm


def content(file: str, text: str) -> Harm:
    return lambda folder: (folder / file).write_text(text)


HARMS: dict[str, tuple[str, Harm]] = {
    "no size": ("vi-cl", setting("config.json", hidden_size="x")),
    "another size": ("vi-cl", setting("config.json", hidden_size=48)),
    "no heads": ("vi-cl", setting("config.json", num_attention_heads=0)),
    "an unknown activation": ("vi-cl", setting("config.json", hidden_act="nope")),
    "labels that are none": ("vi-cl", setting("config.json", id2label=[1])),
    "a list": ("vi-cl", content("config.json", "[]")),
    "no weights": ("vi-cl", content("model.safetensors", "")),
    "weights that are none": ("vi-cl", content("model.safetensors", "x" * 100)),
    "no tokenizer": ("vi-lm", content("decoder/tokenizer.json", "{}")),
    "half a tokenizer": ("vi-lm", content("decoder/tokenizer.json", "{")),
    "another width": ("vi-lm", setting("decoder/config.json", d_model=8)),
    "no projection": ("vi-lm", content("decoder/projection.safetensors", "x" * 100)),
    "no vision": ("x-clip", setting("config.json", vision_config=1)),
    "no text tokenizer": ("x-clip", content("tokenizer.json", "{")),
}


@pytest.mark.parametrize(("key", "harm"), HARMS.values(), ids=HARMS)
def test_broken_files_are_one_sentence(whole, tmp_path, caplog, key, harm):
    folder = tmp_path / f"a-{key}"
    shutil.copytree(whole / key, folder)
    harm(folder)
    with pytest.raises(WeightsMissing) as caught:
        ModelStore().load(find_release(key, "lab-actions", "V", "embedded", str(folder)))
    assert "\n" not in str(caught.value)
    assert not [each for each in caplog.records if each.name.startswith("zoo")]


def test_too_little_memory_is_not_taken_for_a_broken_file(tmp_path):
    with pytest.raises(RuntimeError, match="allocate"), reading(tmp_path):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
