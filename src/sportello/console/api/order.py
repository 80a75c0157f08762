"""Labels, folders and assignment of conversations."""

from ninja import Router, Status

from sportello.console.api import shapes_desk as shapes
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.inbox import queries, tidying
from sportello.schema.desk import Folder, Label
from sportello.schema.inbox import Conversation

conversations = Router(tags=["conversations"])
router = Router(tags=["order"])
# As many as a company can have.
_EACH_MAX = 100


@router.get("/labels", response=shapes.Labels, summary="Labels, by name")
@reading
def list_labels(request: CallerRequest) -> shapes.Labels:
    del request
    rows = Label.objects.filter(deleted_at=None).order_by("name")[:_EACH_MAX]
    return shapes.Labels(items=[_label(row) for row in rows])


@router.post("/labels", response={201: shapes.Label}, summary="A new label")
@writing
def add_label(request: CallerRequest, payload: shapes.LabelIn) -> Status[shapes.Label]:
    """A label of this name is answered as it is."""
    row = Label.objects.filter(name__iexact=payload.name, deleted_at=None).first()
    if row is None:
        workspace_id = request.auth.workspace_id
        row = Label.objects.create(
            workspace_id=workspace_id, name=payload.name, colour=payload.colour
        )
    return Status(201, _label(row))


@router.get("/folders", response=shapes.Folders, summary="Folders, by name")
@reading
def list_folders(request: CallerRequest) -> shapes.Folders:
    del request
    rows = Folder.objects.filter(deleted_at=None).order_by("name")[:_EACH_MAX]
    return shapes.Folders(items=[shapes.Folder(id=row.pk, name=row.name) for row in rows])


@router.post("/folders", response={201: shapes.Folder}, summary="A new folder")
@writing
def add_folder(request: CallerRequest, payload: shapes.FolderIn) -> Status[shapes.Folder]:
    """A folder of this name is answered as it is."""
    row = Folder.objects.filter(name__iexact=payload.name, deleted_at=None).first()
    if row is None:
        row = Folder.objects.create(workspace_id=request.auth.workspace_id, name=payload.name)
    return Status(201, shapes.Folder(id=row.pk, name=row.name))


@conversations.post("/{int:conversation_id}/labels", response=shapes.Ordered, summary="Label it")
@writing
def label_conversation(
    request: CallerRequest, conversation_id: int, payload: shapes.Labelling
) -> shapes.Ordered:
    del request
    row = queries.conversation(conversation_id)
    for label_id in payload.add:
        tidying.label(row, label_id, carries=True)
    for label_id in payload.remove:
        tidying.label(row, label_id, carries=False)
    return _ordered(conversation_id)


@conversations.post(
    "/{int:conversation_id}/folder", response=shapes.Ordered, summary="Put it into a folder"
)
@writing
def file_conversation(
    request: CallerRequest, conversation_id: int, payload: shapes.Filing
) -> shapes.Ordered:
    del request
    tidying.put(queries.conversation(conversation_id), payload.folder)
    return _ordered(conversation_id)


@conversations.post(
    "/{int:conversation_id}/assignment", response=shapes.Ordered, summary="Give it to a colleague"
)
@writing
def assign_conversation(
    request: CallerRequest, conversation_id: int, payload: shapes.Assignment
) -> shapes.Ordered:
    """As if that colleague took manual control: no message of the assistant leaves any more."""
    tidying.assign(conversation_id, payload.operator, request.auth.now)
    return _ordered(conversation_id)


def _label(row: Label) -> shapes.Label:
    return shapes.Label(id=row.pk, name=row.name, colour=row.colour)


def _ordered(conversation_id: int) -> shapes.Ordered:
    row = Conversation.objects.select_related("folder").get(pk=conversation_id)
    labels = Label.objects.filter(labelling__conversation=row, deleted_at=None).order_by("name")
    folder = None if row.folder is None else shapes.Folder(id=row.folder.pk, name=row.folder.name)
    return shapes.Ordered(
        id=row.pk,
        labels=[_label(one) for one in labels],
        folder=folder,
        holder=row.holder,
        operator=row.operator_id,
    )
