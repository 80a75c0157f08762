"""Files of contacts: looked at, and read into portions that fit, in a process of their own."""
