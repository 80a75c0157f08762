"""Every table, and nothing else: models, constraints, migrations.

What Django cannot write, triggers, functions and grants, stands in `migrations/sql`, by subject.
"""
