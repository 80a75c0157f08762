"""The desk's figures for a range of days."""

from datetime import datetime
from zoneinfo import ZoneInfo

from ninja import Query, Router

from sportello.console.analytics import report, views, words
from sportello.console.api import problems
from sportello.console.api import shapes_analytics as shapes
from sportello.console.api.access import CallerRequest, reading
from sportello.schema.team import Workspace

router = Router(tags=["analytics"])


@router.get("", response=shapes.Analytics, summary="What the desk did, and how quickly")
@reading
def get_analytics(request: CallerRequest, asked: Query[shapes.Range]) -> shapes.Analytics:
    """Without `days`, or `from` and `to`, the last 30 days: those of the company's time zone."""
    workspace = Workspace.objects.get()
    query = asked.model_dump(by_alias=True)
    known = views.asked_of(query, request.auth.now, ZoneInfo(workspace.time_zone))
    if known.wrong:
        raise problems.Problem(422, "wrong_range", known.wrong)
    return _told(workspace, known, request.auth.now)


def _told(workspace: Workspace, asked: views.Asked, now: datetime) -> shapes.Analytics:
    told = report.of(asked.span, asked.number_id, now)
    before = asked.span.before
    return shapes.Analytics(
        first_on=asked.span.first_on,
        last_on=asked.span.last_on,
        time_zone=workspace.time_zone,
        compared_with=[before.first_on, before.last_on],
        counted_since=workspace.counted_since,
        figures=[
            shapes.Figure(
                key=one.key,
                title=str(words.FIGURES[one.key].title),
                meaning=str(words.FIGURES[one.key].meaning),
                unit=one.unit,
                value=one.value,
                before=one.before,
            )
            for one in told.figures
        ],
        tables={
            key: shapes.Table(
                columns=[str(name) for name in table.columns],
                units=list(table.units),
                rows=[list(row) for row in table.rows],
            )
            for key, table in told.tables.items()
        },
    )
