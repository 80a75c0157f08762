"""The one way by which an address that somebody gave us is fetched."""
