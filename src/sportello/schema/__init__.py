"""Every table, and nothing else: models, constraints, migrations."""
