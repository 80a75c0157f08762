"""The names of things: one type for each kind of id, so that two can never be swapped."""

from typing import NewType

UserId = NewType("UserId", int)
WorkspaceId = NewType("WorkspaceId", int)
OperatorId = NewType("OperatorId", int)

# A script that took control by the API: held by "an operator", yet by no person. No user has id 0,
# so a NULL in `operator_id` or `author_id` becomes this wherever facts are gathered.
THE_API = OperatorId(0)
