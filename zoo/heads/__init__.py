"""One module a kind of head: each loads a release's folder and answers features."""
