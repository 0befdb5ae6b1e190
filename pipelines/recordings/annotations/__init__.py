"""True labels of a recording, in the layouts that labels come in."""
