"""Every ceiling on what comes from outside, with its reason.

A file beyond a ceiling is refused in one sentence, before it can fill the memory or take too long.
"""

import os


def on_space() -> bool:
    """Whether this is a Hugging Face Space: its visitors are strangers, who may name no folder or weights."""
    return bool(os.environ.get("SPACE_ID"))  # ORG/NAME, which every Space sets


# Video
MAX_FRAME_PX = 8192 * 4320  # the largest 8K in use; a larger frame would fill memory when it is decoded
MAX_VIDEO_S = 24 * 3600  # a camera's battery and card end sooner; a few broken times may claim years
MIN_PIXEL_ASPECT, MAX_PIXEL_ASPECT = 0.25, 4.0  # width over height; anything beyond is a broken header

# Gaze
MAX_GAZE_BYTES = 400_000_000  # unpacked; some hours of the fastest tracker
MAX_EXPORT_FILES = 20_000  # in a folder or zip; a study of a hundred recordings has a few thousand
MAX_EXPORT_BYTES = 4_000_000_000  # gaze of all recordings in a folder or zip, to choose one of them
MAX_ZIP_RATIO = 200  # unpacked to packed; text of gaze is packed to a tenth, at best to a fiftieth
MIN_BOMB_BYTES = 10_000_000  # unpacked; less does no harm whatever its ratio
MAX_INFO_BYTES = 1_000_000  # it is parsed whole; an info.json has a few kilobytes
MAX_LINE_BYTES = 2_000_000  # of a file with one JSON object a line; a sample takes under a kilobyte
TABLE_HEAD_BYTES = 65_536  # read to recognise how a table is written; a header and some rows take less

# Labels
MAX_LABELS = 200_000  # rows or ranges of a file; a whole data set such as EPIC-KITCHENS has 70 000
MAX_LABELS_BYTES = 20_000_000  # it is read whole; labels of a whole day take less than a megabyte

# Comparing
MAX_KEPT_FRAME_BYTES = 512 * 2**20  # of a recording, while models that do not fit together take turns
