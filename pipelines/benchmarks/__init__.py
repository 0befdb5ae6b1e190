"""Benchmarks: decoding, the stages of a recognition, the variants, the paper's model sizes."""
