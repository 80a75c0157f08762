"""What the company decided about writing first, stricter than Meta's own rules."""
