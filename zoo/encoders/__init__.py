"""One module an architecture: each loads a release's folder and embeds clips."""
