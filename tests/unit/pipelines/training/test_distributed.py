"""Two processes train as one does: the same losses, metrics and weights."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from pipelines.training.pretrain_xclip import pretrain
from tests.support.tiny_training import pretraining_run, train_all

ROOT = Path(__file__).parents[4]
TRAININGS = ("videomae", "vi-cl", "x-clip", "video-llava")


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


@pytest.fixture(scope="module")
def folders(lab, everyday, pixels, tmp_path_factory) -> tuple[Path, Path]:
    """Every training by one process, and by two as `accelerate launch --cpu` starts them.

    In float32: what bfloat16 rounds away depends on how a batch is shared.
    """
    one, two = (tmp_path_factory.mktemp(name) for name in ("one", "two"))
    shared = {
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(free_port()),
        "WORLD_SIZE": "2",
        "ACCELERATE_USE_CPU": "true",
        "OMP_NUM_THREADS": "1",
        "BENCHSCRIBE_BFLOAT16": "0",
    }
    command = [sys.executable, "-m", "tests.support.tiny_training", *map(str, (lab, everyday, two))]
    processes = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | shared | {"RANK": rank, "LOCAL_RANK": rank},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in "01"
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BENCHSCRIBE_BFLOAT16", "0")
        train_all(lab, everyday, one)
    printed = [process.communicate(timeout=600) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], printed
    assert printed[1][0] == ""  # the main process alone prints the log
    return one, two


@pytest.mark.parametrize("name", TRAININGS)
def test_two_processes_give_the_loss_curve_of_one(folders, name):
    logs = [json.loads((folder / f"run-{name}" / "log.json").read_text()) for folder in folders]
    assert len(logs[0]) == len(logs[1]) >= 2
    for one, two in zip(*logs, strict=True):
        assert one.keys() == two.keys()
        for key in one.keys() - {"seconds"}:
            assert two[key] == pytest.approx(one[key], abs=1e-4), key


@pytest.mark.parametrize("name", TRAININGS)
def test_two_processes_give_the_weights_of_one(folders, name):
    one, two = (load_file(folder / name / "model.safetensors") for folder in folders)
    assert one.keys() == two.keys()
    for key, weights in one.items():
        assert (weights.float() - two[key].float()).abs().max() < 5e-3, key  # they are rounded to 16 bits


def test_one_process_resumes_what_two_have_trained(folders, everyday, tmp_path):
    run = folders[1] / "run-x-clip"
    epochs = len(json.loads((run / "log.json").read_text()))
    pretrain(pretraining_run(everyday, run, tmp_path / "out", epochs=epochs + 1))
    assert len(json.loads((run / "log.json").read_text())) == epochs + 1
