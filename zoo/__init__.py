"""Who answers: label sets, encoders, heads, and the releases that carry their weights."""

from pathlib import Path

import encodings

# Python's own package of text codecs is called `encodings` too, and is always imported first.
# Our floor of that name joins its search path, here and nowhere else; no name occurs in both.
encodings.__path__.append(str(Path(__file__).parents[1] / "encodings"))
