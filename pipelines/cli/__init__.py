"""The command line: every verb and its options, one file a subject."""
