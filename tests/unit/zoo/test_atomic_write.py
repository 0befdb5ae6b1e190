"""A file appears whole or not at all, whoever else writes it."""

import stat

import pytest

from zoo.atomic_write import atomic_write


def test_text_and_bytes_take_the_place_of_the_old_file(tmp_path):
    path = tmp_path / "result.json"
    path.write_text("old")
    with atomic_write(path) as file:
        file.write("α\r\n")
        assert path.read_text() == "old"
    assert path.read_bytes() == "α\r\n".encode()
    with atomic_write(path, "wb") as file:
        file.write(b"\0new")
    assert path.read_bytes() == b"\0new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "result.json"
    path.write_text("old")

    def write_half() -> None:
        with atomic_write(path) as file:
            file.write("half")
            raise error

    with pytest.raises(error):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_do_not_share_a_temporary_name(tmp_path):
    path = tmp_path / "result.json"
    with atomic_write(path) as first, atomic_write(path) as second:
        first.write("first")
        second.write("second")
        assert len(list(tmp_path.iterdir())) == 2
    assert path.read_text() == "first"  # the one that ended last
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "gone/result.json"):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError), atomic_write(tmp_path / "file/result.json"):
        pass


def test_the_file_may_be_read_by_whom_any_new_file_may(tmp_path):
    (tmp_path / "plain").touch()
    with atomic_write(tmp_path / "result.json") as file:
        file.write("new")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "result.json")]
    assert modes[0] == modes[1]
