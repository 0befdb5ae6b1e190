"""The formats that eye trackers write gaze in: one file a vendor, and the registry that lists them all."""
