"""The models that are trained, made from a preset."""
