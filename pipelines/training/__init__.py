"""How releases are made: presets, pixel caches, the training acts."""
