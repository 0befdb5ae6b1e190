"""Sources of labelled video: one file a source, and the registry that lists them all."""
