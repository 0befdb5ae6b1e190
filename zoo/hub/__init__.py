"""Releases on the Hub: pins, download, verification, push."""
