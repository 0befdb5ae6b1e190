"""What is asked of the device: its memory, on every system, and whether bfloat16 is worth its while."""

import os

import psutil
import pytest
import torch

from zoo.device import (
    Compute,
    NoDevice,
    choose_device,
    device,
    free_memory,
    half_type,
    host,
    multiplies_bfloat16,
    total_memory,
)

CPU = torch.device("cpu")


@pytest.fixture
def group(tmp_path, monkeypatch):
    """A control group with 700 bytes in use, 150 of them of files alone."""
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 500\ninactive_file 150\n")
    monkeypatch.setattr("zoo.device.CONTROL_GROUP", tmp_path)
    return tmp_path


def test_memory_is_known_where_sysconf_is_not(monkeypatch, tmp_path):
    """Windows has neither os.sysconf nor control groups."""
    monkeypatch.delattr(os, "sysconf")
    monkeypatch.setattr("zoo.device.CONTROL_GROUP", tmp_path / "none")
    assert total_memory(CPU) == psutil.virtual_memory().total
    assert 10**7 < free_memory(CPU) < total_memory(CPU)


def test_a_containers_limit_counts(group):
    (group / "memory.max").write_text("1000\n")
    assert (free_memory(CPU), total_memory(CPU)) == (450, 1000)


def test_a_container_without_a_limit(group):
    (group / "memory.max").write_text("max\n")
    assert total_memory(CPU) == psutil.virtual_memory().total
    assert free_memory(CPU) > 10**7


def test_bfloat16_can_be_turned_off(monkeypatch):
    monkeypatch.delenv("BENCHSCRIBE_BFLOAT16", raising=False)
    monkeypatch.setattr("torch.cpu._is_avx512_bf16_supported", lambda: True)
    assert multiplies_bfloat16(CPU)
    assert half_type(CPU) == torch.bfloat16
    monkeypatch.setenv("BENCHSCRIBE_BFLOAT16", "0")
    assert not multiplies_bfloat16(CPU)
    assert half_type(CPU) is None


@pytest.mark.parametrize(("capability", "half"), [((7, 5), torch.float16), ((8, 6), torch.bfloat16)])
def test_an_older_card_computes_in_float16(monkeypatch, capability, half):
    monkeypatch.delenv("BENCHSCRIBE_BFLOAT16", raising=False)
    monkeypatch.setattr("torch.cuda.get_device_capability", lambda device: capability)
    assert half_type(torch.device("cuda:1")) == half


def test_here_a_processor_keeps_float32():
    assert (host().dtype, host().device) == (torch.float32, CPU)
    assert Compute(CPU, torch.bfloat16).half == torch.bfloat16


@pytest.fixture
def choosing(monkeypatch):
    """Leave the choice of a device as it was."""
    monkeypatch.setenv("BENCHSCRIBE_DEVICE", "")
    device.cache_clear()
    yield
    device.cache_clear()


def test_the_environment_and_the_option_choose(choosing, monkeypatch):
    assert device().type == ("cuda" if torch.cuda.is_available() else "cpu")
    choose_device("cpu")
    assert (device(), os.environ["BENCHSCRIBE_DEVICE"]) == (CPU, "cpu")
    choose_device(None)
    assert device() == CPU
    choose_device("auto")
    assert device().type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_a_card_is_chosen_by_its_number(choosing, monkeypatch):
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    for name, expected in (("cuda", torch.device("cuda")), ("cuda:1", torch.device("cuda:1"))):
        choose_device(name)
        assert device() == expected
    with pytest.raises(NoDevice, match=r"no cuda:2 on this machine, torch .* sees 2 CUDA devices; choose"):
        choose_device("cuda:2")


@pytest.mark.parametrize("name", ["cuda", "cuda:7", "mps"])
def test_a_device_that_is_not_there_is_one_sentence(choosing, monkeypatch, name):
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    monkeypatch.setenv("BENCHSCRIBE_DEVICE", name)
    for ask in (device, lambda: choose_device(None)):
        with pytest.raises(NoDevice, match=f"no {name} on this machine.*choose") as caught:
            ask()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:x", "CPU", "cuda:١"])
def test_an_unknown_device_is_one_sentence_with_what_is_expected(choosing, name):
    with pytest.raises(NoDevice, match=rf"no device “{name}”; expected one of auto, cpu, cuda, cuda:N, mps"):
        choose_device(name)
