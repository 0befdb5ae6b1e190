"""Training objectives: the model, its loss and its validation metric, one objective a file."""
