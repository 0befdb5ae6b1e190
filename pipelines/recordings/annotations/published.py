"""How the clips of the published data are named: one mp4 a clip, <recording>_<part>_<index>.mp4."""

import re

CLIP_NAME = re.compile(r"(?P<uuid>.+)_(?P<part>\d+)_(?P<index>\d+)(\.\w+)?")
