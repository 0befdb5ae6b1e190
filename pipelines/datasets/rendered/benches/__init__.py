"""Which props stand on a bench, who wears the glasses, and what is done there."""
