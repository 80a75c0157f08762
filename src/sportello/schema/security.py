"""Who may see which row: the SQL by which migrations put a table behind row-level security.

Two roles act on the tables. `sportello_console` draws pages and answers the API: it sees the rows
of one workspace at a time, named by `set_config('sportello.workspace', …, true)` in each
transaction, and nothing where none is named. `sportello_worker` moves messages for all workspaces.
Neither owns a table nor bypasses the policies.
"""

# Hints of SQL that speaks of rows or columns which a new installation never has: `ops.tables` makes
# its tables as they are now.
UPGRADES_ONLY = {"upgrades_only": True}

CONSOLE = "sportello_console"
WORKER = "sportello_worker"


def setting(name: str, kind: str = "bigint") -> str:
    """SQL for the transaction's setting `sportello.<name>`; NULL, so no row, where none is set."""
    return f"(SELECT nullif(current_setting('sportello.{name}', true), '')::{kind})"


OF_WORKSPACE = f"workspace_id = {setting('workspace')}"


def create_roles() -> str:
    """Roles live in the cluster, not in the database: another database may have made them."""
    return "".join(
        f"""
        DO $$ BEGIN
            CREATE ROLE {role} NOLOGIN NOBYPASSRLS;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$;
        GRANT {role} TO CURRENT_USER;
        GRANT USAGE ON SCHEMA public TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
        """
        for role in (CONSOLE, WORKER)
    )


def guard_rows(table: str, seen_by_console: str | None = OF_WORKSPACE) -> str:
    """Row-level security for `table`; with None the console may not touch it at all."""
    console = (
        f"REVOKE ALL ON {table} FROM {CONSOLE};"
        if seen_by_console is None
        else f"CREATE POLICY console ON {table} TO {CONSOLE} USING ({seen_by_console});"
    )
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {CONSOLE}, {WORKER};
        CREATE POLICY worker ON {table} TO {WORKER} USING (true);
        {console}
    """


def same_workspace(table: str, column: str, parent: str, on_delete: str = "CASCADE") -> str:
    """A foreign key that cannot point into another workspace."""
    return f"""
        ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_same_workspace
            FOREIGN KEY (workspace_id, {column}) REFERENCES {parent} (workspace_id, id)
            ON DELETE {on_delete};
    """
