"""Gaze of every eye tracker, read and put on the clock of its video."""
