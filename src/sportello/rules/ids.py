"""The names of things: one type for each kind of id, so that two can never be swapped."""

from typing import NewType

UserId = NewType("UserId", int)
WorkspaceId = NewType("WorkspaceId", int)
OperatorId = NewType("OperatorId", int)
