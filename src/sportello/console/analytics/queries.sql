-- name: figures
-- Kinds of lines with their numbers, in the range and in the one before, from the sums by day.
SELECT * FROM sportello_figures(
    %(before_on)s::date, %(first_on)s::date, %(last_on)s::date, %(zone)s::text,
    %(number)s::bigint
);

-- name: waits
-- How long people waited, of all and by person, in opening hours alone where those are given.
SELECT * FROM sportello_waits(
    %(before_at)s::timestamptz, %(starts_at)s::timestamptz, %(ends_at)s::timestamptz,
    %(number)s::bigint, %(open)s::tstzmultirange
);
