"""The company's people: how they sign in, and the keys of its scripts."""
