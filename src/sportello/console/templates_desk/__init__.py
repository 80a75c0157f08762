"""Templates: what people ask of Meta, and what they must know before they ask."""
