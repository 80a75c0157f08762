"""The company's settings: what it is, who keeps its keys, what was done."""
