"""The wire, as the product hears and speaks it."""
