"""Labelled video from elsewhere, one file a source."""
