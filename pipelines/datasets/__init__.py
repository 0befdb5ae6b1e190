"""Where clips come from: the manifest, the rendered bench and the readers."""
