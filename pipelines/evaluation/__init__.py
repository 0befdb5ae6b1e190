"""How good answers are: metrics, scores, what the paper measured, reports."""
