"""What the desk did, in figures: each with its definition, its table and its file."""
