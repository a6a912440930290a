-- The database's own part of the promise. Installed by `liuhen migrate`, safe to run again.
-- Current act: SET LOCAL liuhen.entry = '<entry id>'.

CREATE OR REPLACE FUNCTION liuhen_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'liuhen: % on % is refused: the table keeps what was recorded', TG_OP, TG_TABLE_NAME
        USING ERRCODE = '23001';
END $$;

-- Arguments: the key column, then the columns kept out of images.
-- SECURITY DEFINER: the server's role may not write images itself.
CREATE OR REPLACE FUNCTION liuhen_keep_image() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex'
SET datestyle = 'ISO' SET intervalstyle = 'iso_8601' AS $$
DECLARE
    act uuid := nullif(current_setting('liuhen.entry', true), '')::uuid;
    kept bytea;
    row_key text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF act IS NULL THEN
        RAISE EXCEPTION 'liuhen: a row of % can be changed only inside an act', TG_TABLE_NAME
            USING ERRCODE = '23001';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger_entry WHERE id = act) THEN
        RAISE EXCEPTION 'liuhen: the entry % is already written', act USING ERRCODE = '23001';
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) ->> TG_ARGV[0] IS DISTINCT FROM row_key THEN
        RAISE EXCEPTION 'liuhen: the key of a row of % cannot change', TG_TABLE_NAME
            USING ERRCODE = '23001';
    END IF;
    kept := convert_to(
        json_build_object(
            'salt', replace(gen_random_uuid()::text, '-', ''),
            'row', to_jsonb(NEW) - TG_ARGV[1:]
        )::text,
        'UTF8'
    );
    INSERT INTO ledger_rowimage (entry_id, "table", row_id, body, sha256, previous_id)
    VALUES (
        act, TG_TABLE_NAME, row_key, kept, sha256(kept),
        (SELECT id FROM ledger_rowimage
          WHERE "table" = TG_TABLE_NAME AND row_id = row_key ORDER BY id DESC LIMIT 1)
    );
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION liuhen_await_sequence() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_pending (entry_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

-- The one way anything recorded goes: an original is ordered destroyed only by a disposal that two
-- persons of different offices approved, after its cooling-off period, of nothing held or permanent.
CREATE OR REPLACE FUNCTION liuhen_permit_destruction() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM archive_disposalitem i JOIN archive_disposal d ON d.id = i.disposal_id
         WHERE i.original_id = NEW.original_id AND d.id = NEW.disposal AND i.left_at IS NULL
           AND d.begun_at IS NOT NULL AND d.withdrawn_at IS NULL
           AND d.cooling_until <= NEW.ordered_at AND d.first_office <> d.second_office
           AND d.first_by_id <> d.second_by_id
           AND d.proposed_by_id NOT IN (d.first_by_id, d.second_by_id)
    ) OR EXISTS (
        SELECT 1 FROM recordings_recording r LEFT JOIN archive_retention k ON k.recording_id = r.id
         WHERE r.original_id = NEW.original_id
           AND (k.level = 'permanent' OR NOT coalesce(k.is_settled, r.case_id IS NULL))
    ) OR EXISTS (
        SELECT 1 FROM recordings_recording r
          JOIN archive_hold h ON h.recording_id = r.id OR h.case_id = r.case_id
         WHERE r.original_id = NEW.original_id AND h.lifted_at IS NULL
    ) THEN
        RAISE EXCEPTION 'liuhen: no approved disposal lets the original % be destroyed',
            NEW.original_id USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;

-- A period begins where it began at intake, and permanent stays permanent unless two persons
-- corrected an error of fact.
CREATE OR REPLACE FUNCTION liuhen_keep_retention() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.basis_at <> OLD.basis_at OR NEW.recording_id <> OLD.recording_id THEN
        RAISE EXCEPTION 'liuhen: the basis of a period of retention cannot change'
            USING ERRCODE = '23001';
    END IF;
    IF OLD.level = 'permanent' AND NEW.level <> 'permanent' AND NOT EXISTS (
        SELECT 1 FROM archive_retentioncorrection c
         WHERE c.recording_id = NEW.recording_id AND c.level = NEW.level
           AND c.outcome = 'confirmed' AND c.asked_by_id <> c.confirmed_by_id
    ) THEN
        RAISE EXCEPTION 'liuhen: what is kept for ever stays so' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
