"""The same tables at speed: named SQL over psycopg."""
