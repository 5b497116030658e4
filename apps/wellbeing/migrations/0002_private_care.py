"""What only she may read, behind a wall: a schema of its own, whose tables are reached through functions alone.

Functions and tables belong to the role reviewqueue_care, which nobody signs in as. The role is made where the
database user may make roles; where she may not, everything works the same and the tables stay the user's own:
`manage.py wellbeing_wall` says which of the two it is. See docs/wellbeing-lead.md.
"""

from django.db import migrations

TABLES = """
CREATE SCHEMA care;

CREATE TABLE care.check_in (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    week date NOT NULL,
    answers text[] NOT NULL,
    shared_at timestamptz,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT check_in_once_a_week UNIQUE (user_id, week),
    CONSTRAINT check_in_has_three_answers CHECK (cardinality(answers) = 3)
);
CREATE TABLE care.open_to_notes (user_id bigint PRIMARY KEY, since timestamptz NOT NULL DEFAULT now());
CREATE TABLE care.buddy_note (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    from_id bigint NOT NULL,
    to_id bigint NOT NULL,
    words text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT buddy_note_is_to_somebody_else CHECK (from_id <> to_id),
    CONSTRAINT buddy_note_is_short CHECK (length(words) BETWEEN 1 AND 500)
);
CREATE INDEX buddy_note_by_reader ON care.buddy_note (to_id, id);
CREATE TABLE care.booking (
    slot_id bigint CONSTRAINT slot_booked_once PRIMARY KEY,
    user_id bigint NOT NULL,
    starts_at timestamptz NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX booking_by_person ON care.booking (user_id);
CREATE TABLE care.consent (
    user_id bigint NOT NULL,
    purpose text NOT NULL,
    given_at timestamptz NOT NULL DEFAULT now(),
    withdrawn_at timestamptz,
    CONSTRAINT consent_once_per_purpose PRIMARY KEY (user_id, purpose),
    CONSTRAINT consent_is_for_something_known CHECK (purpose IN ('study', 'named'))
);
CREATE TABLE care.week_sum (
    user_id bigint NOT NULL,
    week date NOT NULL,
    exposure smallint NOT NULL,
    looks integer NOT NULL,
    units bigint NOT NULL,
    CONSTRAINT week_sum_once PRIMARY KEY (user_id, week, exposure)
);
CREATE TABLE care.read_of_another (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    reader_id bigint,
    key_id bigint,
    person_id bigint,
    what text NOT NULL,
    outcome text NOT NULL,
    CONSTRAINT read_is_given_or_refused CHECK (outcome IN ('given', 'refused'))
);
CREATE INDEX read_by_person ON care.read_of_another (person_id, id);

CREATE VIEW care.weekly AS
SELECT user_id, week, exposure, sum(looks)::bigint AS looks, sum(units)::bigint AS units
FROM (
    SELECT user_id, week, exposure, looks, units FROM care.week_sum
    UNION ALL
    SELECT user_id, date_trunc('week', at AT TIME ZONE 'UTC')::date, exposure, 1, units
    FROM public.wellbeing_exposureentry
) every_look
GROUP BY user_id, week, exposure;

CREATE FUNCTION care.never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'read_of_another_is_never_changed' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER read_of_another_is_never_changed BEFORE UPDATE OR DELETE ON care.read_of_another
    FOR EACH ROW EXECUTE FUNCTION care.never();
CREATE TRIGGER read_of_another_is_never_emptied BEFORE TRUNCATE ON care.read_of_another
    FOR EACH STATEMENT EXECUTE FUNCTION care.never();
"""

# Each function is the only way to what it reads. `me` and `reader` are ids of accounts_user.
FUNCTIONS = {
    "has_role(who bigint, wanted text) RETURNS boolean": """
        SELECT EXISTS (SELECT 1 FROM public.accounts_user WHERE id = who AND is_active AND wanted = ANY(roles))
    """,
    "own_check_ins(me bigint) RETURNS TABLE (id bigint, week date, answers text[], shared_at timestamptz, at timestamptz)": """
        SELECT c.id, c.week, c.answers, c.shared_at, c.at FROM care.check_in c WHERE c.user_id = me ORDER BY c.week DESC
    """,
    "save_check_in(me bigint, in_week date, said text[]) RETURNS bigint": """
        INSERT INTO care.check_in (user_id, week, answers) VALUES (me, in_week, said)
        ON CONFLICT (user_id, week) DO UPDATE SET answers = excluded.answers, at = now(), shared_at = NULL
        RETURNING id
    """,
    "delete_check_in(me bigint, which bigint) RETURNS bigint": """
        DELETE FROM care.check_in WHERE id = which AND user_id = me RETURNING id
    """,
    "share_check_in(me bigint, which bigint, shared boolean) RETURNS bigint": """
        UPDATE care.check_in SET shared_at = CASE WHEN shared THEN now() END
        WHERE id = which AND user_id = me RETURNING id
    """,
    "shared_check_ins(reader bigint) RETURNS TABLE (user_id bigint, week date, answers text[], shared_at timestamptz)": """
        WITH shown AS (
            SELECT c.user_id, c.week, c.answers, c.shared_at FROM care.check_in c
            WHERE c.shared_at IS NOT NULL AND care.has_role(reader, 'wellbeing_lead')
        ), audited AS (
            INSERT INTO care.read_of_another (reader_id, person_id, what, outcome)
            SELECT DISTINCT reader, shown.user_id, 'check-in', 'given' FROM shown WHERE shown.user_id <> reader
        )
        SELECT shown.user_id, shown.week, shown.answers, shown.shared_at FROM shown ORDER BY shown.shared_at DESC
    """,
    "be_open_to_notes(me bigint, wanted boolean) RETURNS boolean": """
        WITH gone AS (DELETE FROM care.open_to_notes WHERE user_id = me AND NOT wanted),
             here AS (INSERT INTO care.open_to_notes (user_id) SELECT me WHERE wanted ON CONFLICT DO NOTHING)
        SELECT wanted
    """,
    "open_to_notes() RETURNS TABLE (user_id bigint)": """
        SELECT o.user_id FROM care.open_to_notes o
    """,
    "write_note(me bigint, to_whom bigint, said text) RETURNS bigint": """
        INSERT INTO care.buddy_note (from_id, to_id, words)
        SELECT me, o.user_id, said FROM care.open_to_notes o
        WHERE o.user_id = to_whom
          AND (SELECT count(*) FROM care.buddy_note n
               WHERE n.from_id = me AND n.to_id = to_whom AND n.at > now() - interval '1 day') < 10
        RETURNING id
    """,
    "own_notes(me bigint) RETURNS TABLE (id bigint, from_id bigint, to_id bigint, words text, at timestamptz)": """
        SELECT n.id, n.from_id, n.to_id, n.words, n.at FROM care.buddy_note n
        WHERE n.to_id = me OR n.from_id = me ORDER BY n.id DESC
    """,
    "delete_note(me bigint, which bigint) RETURNS bigint": """
        DELETE FROM care.buddy_note WHERE id = which AND (to_id = me OR from_id = me) RETURNING id
    """,
    "book(me bigint, slot bigint, starting timestamptz) RETURNS bigint": """
        INSERT INTO care.booking (slot_id, user_id, starts_at) VALUES (slot, me, starting)
        ON CONFLICT (slot_id) DO NOTHING RETURNING slot_id
    """,
    "unbook(me bigint, slot bigint) RETURNS bigint": """
        DELETE FROM care.booking WHERE slot_id = slot AND user_id = me RETURNING slot_id
    """,
    "own_bookings(me bigint) RETURNS TABLE (slot_id bigint, starts_at timestamptz)": """
        SELECT b.slot_id, b.starts_at FROM care.booking b WHERE b.user_id = me ORDER BY b.starts_at
    """,
    "taken_slots(slots bigint[]) RETURNS TABLE (slot_id bigint)": """
        SELECT b.slot_id FROM care.booking b WHERE b.slot_id = ANY(slots)
    """,
    "set_consent(me bigint, for_what text, given boolean) RETURNS boolean": """
        WITH taken_back AS (
            UPDATE care.consent SET withdrawn_at = now()
            WHERE user_id = me AND purpose = for_what AND withdrawn_at IS NULL AND NOT given
        ), put AS (
            INSERT INTO care.consent AS mine (user_id, purpose) SELECT me, for_what WHERE given
            ON CONFLICT (user_id, purpose) DO UPDATE SET given_at = now(), withdrawn_at = NULL
            WHERE mine.withdrawn_at IS NOT NULL
        )
        SELECT given
    """,
    "own_consents(me bigint) RETURNS TABLE (purpose text, given_at timestamptz, withdrawn_at timestamptz)": """
        SELECT c.purpose, c.given_at, c.withdrawn_at FROM care.consent c WHERE c.user_id = me ORDER BY c.purpose
    """,
    "own_weeks(me bigint) RETURNS TABLE (week date, exposure smallint, looks bigint, units bigint)": """
        SELECT w.week, w.exposure, w.looks::bigint, w.units FROM care.week_sum w WHERE w.user_id = me ORDER BY w.week, w.exposure
    """,
    "reads_of_me(me bigint) RETURNS TABLE (at timestamptz, reader_id bigint, key_id bigint, what text, outcome text)": """
        SELECT r.at, r.reader_id, r.key_id, r.what, r.outcome FROM care.read_of_another r
        WHERE r.person_id = me ORDER BY r.id DESC LIMIT 1000
    """,
    # Another person's weeks: for the wellbeing lead, where she consented to be named. Every other try is refused;
    # given or refused, it is written down.
    "weeks_of_another(reader bigint, key bigint, person bigint) "
    "RETURNS TABLE (given boolean, week date, looks bigint, units bigint)": """
        WITH allowed AS (
            SELECT care.has_role(reader, 'wellbeing_lead') AND EXISTS (
                SELECT 1 FROM care.consent c
                WHERE c.user_id = person AND c.purpose = 'named' AND c.withdrawn_at IS NULL) AS yes
        ), audited AS (
            INSERT INTO care.read_of_another (reader_id, key_id, person_id, what, outcome)
            SELECT reader, key, person, 'weekly exposure', CASE WHEN yes THEN 'given' ELSE 'refused' END FROM allowed
        )
        SELECT yes, w.week, w.looks, w.units FROM allowed LEFT JOIN (
            SELECT e.week, sum(e.looks)::bigint AS looks, sum(e.units)::bigint AS units FROM care.weekly e
            WHERE e.user_id = person GROUP BY e.week) w ON yes
        ORDER BY w.week DESC
    """,
    # The dose of a team: weeks in which at least five people looked at anything; the tails only from twenty on.
    "dose_weeks(reader bigint, since date) RETURNS TABLE (week date, people bigint, looks bigint, p10 float, p25 float, "
    "p50 float, p75 float, p90 float, heavy_share float)": """
        SELECT p.week, count(*), sum(p.looks)::bigint,
            CASE WHEN count(*) >= 20 THEN percentile_cont(0.1) WITHIN GROUP (ORDER BY p.units) END,
            percentile_cont(0.25) WITHIN GROUP (ORDER BY p.units),
            percentile_cont(0.5) WITHIN GROUP (ORDER BY p.units),
            percentile_cont(0.75) WITHIN GROUP (ORDER BY p.units),
            CASE WHEN count(*) >= 20 THEN percentile_cont(0.9) WITHIN GROUP (ORDER BY p.units) END,
            sum(p.heavy)::float / NULLIF(sum(p.looks), 0)
        FROM (SELECT e.user_id, e.week, sum(e.looks) AS looks, sum(e.units)::float AS units,
                     COALESCE(sum(e.looks) FILTER (WHERE e.exposure >= 3), 0) AS heavy
              FROM care.weekly e WHERE e.week >= since GROUP BY e.user_id, e.week) p
        WHERE care.has_role(reader, 'wellbeing_lead') OR care.has_role(reader, 'supervisor')
        GROUP BY p.week HAVING count(*) >= 5 ORDER BY p.week
    """,
    "consented() RETURNS bigint": """
        SELECT count(*) FROM care.consent WHERE purpose = 'study' AND withdrawn_at IS NULL
    """,
    # For a study: whoever consented, under a number that is drawn anew for every export; nothing below five people.
    "study_weeks(reader bigint) RETURNS TABLE (participant text, week date, exposure smallint, looks bigint, units bigint)": """
        WITH people AS (
            SELECT c.user_id, substr(md5(gen_random_uuid()::text), 1, 12) AS participant FROM care.consent c
            WHERE c.purpose = 'study' AND c.withdrawn_at IS NULL AND care.has_role(reader, 'wellbeing_lead')
        ), enough AS MATERIALIZED (
            SELECT * FROM people WHERE (SELECT count(*) FROM people) >= 5
        ), audited AS (
            INSERT INTO care.read_of_another (reader_id, person_id, what, outcome)
            SELECT reader, enough.user_id, 'study export', 'given' FROM enough
        )
        SELECT enough.participant, e.week, e.exposure, e.looks, e.units
        FROM enough JOIN care.weekly e ON e.user_id = enough.user_id
        ORDER BY enough.participant, e.week, e.exposure
    """,
    "forget_old_words() RETURNS bigint": """
        WITH old_check_ins AS (
            DELETE FROM care.check_in WHERE at < now() - interval '30 days' RETURNING 1
        ), old_notes AS (
            DELETE FROM care.buddy_note WHERE at < now() - interval '30 days' RETURNING 1
        ), old_bookings AS (
            DELETE FROM care.booking WHERE starts_at < now() - interval '30 days' RETURNING 1
        )
        SELECT (SELECT count(*) FROM old_check_ins) + (SELECT count(*) FROM old_notes)
             + (SELECT count(*) FROM old_bookings)
    """,
}

# The one way past "an exposure entry is never changed": first the weekly sum, then the entry goes. Never before 90 days.
FOLD = """
CREATE FUNCTION care.fold_exposure(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = care, pg_temp AS $$
DECLARE old bigint[]; gone bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(727001);
    SELECT array_agg(id) INTO old FROM (
        SELECT id FROM public.wellbeing_exposureentry WHERE at < now() - interval '90 days' ORDER BY at LIMIT most) o;
    IF old IS NULL THEN RETURN 0; END IF;
    INSERT INTO care.week_sum AS kept (user_id, week, exposure, looks, units)
        SELECT user_id, date_trunc('week', at AT TIME ZONE 'UTC')::date, exposure, count(*), sum(units)
        FROM public.wellbeing_exposureentry WHERE id = ANY(old) GROUP BY 1, 2, 3
        ON CONFLICT (user_id, week, exposure) DO UPDATE
        SET looks = kept.looks + excluded.looks, units = kept.units + excluded.units;
    PERFORM set_config('reviewqueue.retention', 'on', true);
    DELETE FROM public.wellbeing_exposureentry WHERE id = ANY(old);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('reviewqueue.retention', 'off', true);
    RETURN gone;
END $$;
"""

HAND_OVER = """
DO $$
DECLARE
    app text := current_user;
    mighty boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
    modern boolean := current_setting('server_version_num')::integer >= 160000;
    granted boolean := false;
    thing record;
BEGIN
    IF (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
        BEGIN
            CREATE ROLE reviewqueue_care NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server made it
        END;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'reviewqueue_care') THEN
        RAISE NOTICE 'This database user may not make roles: the private tables stay its own.';
        RETURN;
    END IF;
    BEGIN
        -- To hand something over one must be able to become its new owner: without taking on what the owner may do.
        FOR attempt IN 1..20 LOOP
            EXIT WHEN mighty OR pg_has_role(app, 'reviewqueue_care', CASE WHEN modern THEN 'SET' ELSE 'MEMBER' END);
            BEGIN
                EXECUTE format('GRANT reviewqueue_care TO %I %s', app,
                               CASE WHEN modern THEN 'WITH INHERIT FALSE, SET TRUE' ELSE '' END);
                granted := true;
            EXCEPTION WHEN unique_violation OR internal_error THEN PERFORM pg_sleep(0.1);  -- another database does it now
            END;
        END LOOP;
        GRANT USAGE, CREATE ON SCHEMA care TO reviewqueue_care;
        GRANT USAGE ON SCHEMA public TO reviewqueue_care;
        GRANT SELECT (id, roles, is_active) ON public.accounts_user TO reviewqueue_care;
        GRANT SELECT, DELETE ON public.wellbeing_exposureentry TO reviewqueue_care;
        FOR thing IN SELECT relname, relkind FROM pg_class WHERE relnamespace = 'care'::regnamespace AND relkind IN ('r', 'v')
        LOOP
            EXECUTE format('ALTER %s care.%I OWNER TO reviewqueue_care',
                           CASE thing.relkind WHEN 'r' THEN 'TABLE' ELSE 'VIEW' END, thing.relname);
        END LOOP;
        FOR thing IN SELECT oid::regprocedure AS signature FROM pg_proc WHERE pronamespace = 'care'::regnamespace LOOP
            EXECUTE format('ALTER FUNCTION %s OWNER TO reviewqueue_care', thing.signature);
        END LOOP;
        SET LOCAL ROLE reviewqueue_care;
        REVOKE ALL ON ALL FUNCTIONS IN SCHEMA care FROM PUBLIC;
        EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA care TO %I', app);
        RESET ROLE;
        REVOKE CREATE ON SCHEMA care FROM reviewqueue_care;
        IF granted AND NOT modern THEN EXECUTE format('REVOKE reviewqueue_care FROM %I', app); END IF;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE NOTICE 'The role reviewqueue_care is not this user''s to use: the private tables stay its own.';
    END;
END $$;
"""


def functions() -> str:
    return "\n".join(
        f"CREATE FUNCTION care.{signature} LANGUAGE sql SECURITY DEFINER SET search_path = care, pg_temp AS $body${body}$body$;"
        for signature, body in FUNCTIONS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("wellbeing", "0001_initial"), ("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(TABLES, "DROP SCHEMA care CASCADE"),
        migrations.RunSQL(functions() + FOLD, migrations.RunSQL.noop),
        migrations.RunSQL(HAND_OVER, migrations.RunSQL.noop),
    ]
