"""Labelled video for training and evaluation: the manifest, splits, importers and the rendered bench."""
