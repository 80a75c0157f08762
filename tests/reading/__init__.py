"""The readers of files and pages."""
