"""What the API takes and gives about the order of conversations, as types."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from sportello.console.api.shapes import Id, In, Keepable
from sportello.schema.desk import Colour


class Narrowed(BaseModel):
    """What a list is narrowed to; several together narrow it further."""

    label: Id | None = None
    folder: Id | None = None
    operator: Id | None = None


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
    AfterValidator(lambda text: " ".join(text.split())),
]


class LabelIn(In):
    name: Name
    colour: Colour = Colour.GREY


class FolderIn(In):
    name: Name


class Label(BaseModel):
    id: int
    name: Keepable
    colour: Colour


class Folder(BaseModel):
    id: int
    name: Keepable


class Labels(BaseModel):
    items: list[Label]
    next_cursor: None = None


class Folders(BaseModel):
    items: list[Folder]
    next_cursor: None = None


class Labelling(In):
    """Ids of labels to be put on and taken away."""

    add: list[Id] = Field(default_factory=list, max_length=50)
    remove: list[Id] = Field(default_factory=list, max_length=50)


class Filing(In):
    folder: Id | None = Field(description="null: out of any folder")


class Assignment(In):
    operator: Id


class Ordered(BaseModel):
    """What a conversation carries, where it lies, who has it."""

    id: int
    labels: list[Label]
    folder: Folder | None
    holder: str
    operator: int | None
