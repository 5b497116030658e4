"""What keeps a version as it was: the triggers that several tables share."""

import pgtrigger


def never_changed(name: str, *, moves_the_revision: bool) -> pgtrigger.Trigger:
    """Refuses to add to, change or take from what belongs to a published version.

    With `moves_the_revision` every change of a draft raises the draft's revision by one, whoever makes it and
    however: an approval is of a revision, so no change slips past it. The version's row is the lock.
    """
    raising = "UPDATE guidelines_guidelineversion SET revision = revision + 1 WHERE id = touched.id;"
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("touched", "record")],
        func=f"""
            FOR touched IN SELECT id, state FROM guidelines_guidelineversion
                WHERE id IN (OLD.version_id, NEW.version_id) ORDER BY id FOR NO KEY UPDATE
            LOOP
                IF touched.state NOT IN ('draft', 'in_review') THEN
                    RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation';
                END IF;
                {raising if moves_the_revision else ""}
            END LOOP;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608 (both parts are ours)
    )
