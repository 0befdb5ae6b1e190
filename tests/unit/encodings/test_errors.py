"""What a user reads is one line."""

import pytest

from encodings.errors import UserError


@pytest.mark.parametrize("unseen", ["\n", "\r", "\0", "\x1b", "\u2028", "\u202e", "\udcff"])
def test_a_name_breaks_no_line(unseen):
    said = str(UserError(f"“g{unseen}aze.csv” is empty (0 bytes): export it again."))
    assert said == "“g?aze.csv” is empty (0 bytes): export it again."


def test_words_and_their_spaces_stay():
    said = "“Gerät 2.csv” lasts 4\u00a0s; expected 0.5\u202fs – 2 h: “実験.mp4”."
    assert str(UserError(said)) == said
