"""What is trained: one loss a file."""
