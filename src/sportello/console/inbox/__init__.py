"""The desk: conversations as people see them, and what they may do to them."""
