"""Benches: their props, their wearers, and the activities done on them."""
