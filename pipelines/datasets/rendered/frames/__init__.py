"""Frames of a scene, with the truth about each."""
