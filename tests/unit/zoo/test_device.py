"""What is asked of the device: its memory, on every system, and whether bfloat16 is worth its while."""

import os

import psutil
import pytest
import torch

from zoo.device import free_memory, half_type, multiplies_bfloat16, total_memory

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
