"""A recording becomes labelled clips, and labelled clips a workflow."""
