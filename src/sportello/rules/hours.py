"""The company's quiet hours: when those end in which it lies now."""

from datetime import UTC, datetime, time, timedelta, tzinfo


def quiet_until(
    begins: time | None, ends: time | None, zone: tzinfo, now: datetime
) -> datetime | None:
    """The end of the quiet hours in which `now` lies; None outside them, or where there are none.

    They may run over midnight. Two equal hours are no quiet hours rather than a whole day of them.
    """
    if begins is None or ends is None or begins == ends:
        return None
    local = now.astimezone(zone)
    clock = local.time()
    over_midnight = begins > ends
    is_quiet = (clock >= begins or clock < ends) if over_midnight else (begins <= clock < ends)
    if not is_quiet:
        return None
    day = local.date() if clock < ends else local.date() + timedelta(days=1)
    end = datetime.combine(day, ends, zone)
    # In the night when clocks go back an hour comes twice: the end is the one still to come.
    return (end if end > now else end.replace(fold=1)).astimezone(UTC)
