"""What is allowed: pure functions over frozen values, without I/O, clock or chance."""
