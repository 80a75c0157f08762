"""How the assistant speaks, with whose words, and what it may cost."""
