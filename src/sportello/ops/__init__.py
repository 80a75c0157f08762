"""How it runs: the only place where all of it meets."""
