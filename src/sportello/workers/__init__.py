"""What happens by itself: loops that claim rows by their state."""
