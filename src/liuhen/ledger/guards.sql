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
