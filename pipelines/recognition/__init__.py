"""A recording becomes named clips, and named clips a workflow."""
