"""What people see: pages and the outward API."""
