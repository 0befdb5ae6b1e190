"""A rendered laboratory bench seen through a wearer's glasses, with true gaze, depth and masks."""
