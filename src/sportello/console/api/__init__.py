"""The outward API under /api/v1, for scripts and other programs."""
