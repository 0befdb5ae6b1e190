"""Rendered recordings on disk."""
