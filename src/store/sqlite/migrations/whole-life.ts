/**
 * The journal for all that may happen to an alert, and for webhooks: the table is made anew, for SQLite changes no CHECK
 * of one that is there. The words stand here as they were then.
 */
export const WHOLE_LIFE = `
  CREATE TABLE message_of_any_kind (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id BLOB NOT NULL CHECK (length(message_id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('alert', 'action', 'delete', 'heartbeat', 'status', 'tag', 'untag', 'attributes',
      'note', 'webhook')),
    accepted_at INTEGER NOT NULL,
    alert INTEGER CHECK ((alert IS NULL) = (kind IN ('heartbeat', 'webhook'))),
    -- of a heartbeat its origin, of a webhook its path
    alert_id TEXT NOT NULL,
    -- its name, or what is done with a note
    action TEXT CHECK ((action IS NULL) = (kind NOT IN ('action', 'note'))),
    timeout INTEGER CHECK ((timeout IS NULL) = (kind <> 'heartbeat')),
    request_id TEXT NOT NULL,
    hops TEXT NOT NULL,
    sender TEXT NOT NULL,
    credential TEXT NOT NULL,
    -- destination -> why it was skipped
    skipped TEXT CHECK (json_valid(skipped)),
    body BLOB CHECK ((body IS NULL) = (kind = 'delete' OR kind = 'note' AND action = 'remove')),
    -- when a relay first accepted it; null: we, at accepted_at
    stamp INTEGER,
    -- what that relay made of it, a Became; null: nobody said
    became TEXT CHECK (json_valid(became)),
    -- of a repeat: the number of the change that it repeats; null: it is a change, or no alert
    repeats INTEGER,
    -- the note's id here
    note_id TEXT CHECK ((note_id IS NULL) = (kind <> 'note')),
    -- of a webhook's body; null: it came by GET
    content_type TEXT CHECK (content_type IS NULL OR kind = 'webhook'),
    CHECK (kind <> 'note' OR action IN ('add', 'change', 'remove'))
  ) STRICT;
  INSERT INTO message_of_any_kind (seq, message_id, kind, accepted_at, alert, alert_id, action, timeout, request_id, hops,
      sender, credential, skipped, body, stamp, became, repeats)
    SELECT seq, message_id, kind, accepted_at, alert, alert_id, action, timeout, request_id, hops, sender, credential,
      skipped, body, stamp, became, repeats FROM message ORDER BY seq;
  -- A number is never given again, also when everything was pruned.
  DELETE FROM sqlite_sequence WHERE name = 'message_of_any_kind';
  INSERT INTO sqlite_sequence (name, seq) SELECT 'message_of_any_kind', seq FROM sqlite_sequence WHERE name = 'message';
  DROP TABLE message;
  ALTER TABLE message_of_any_kind RENAME TO message;
  CREATE INDEX message_by_id ON message (message_id);
  CREATE INDEX message_by_alert ON message (alert, seq) WHERE alert IS NOT NULL;

  CREATE TABLE note (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    alert INTEGER NOT NULL,
    -- a Note
    note TEXT NOT NULL CHECK (json_valid(note))
  ) STRICT;
  CREATE INDEX note_by_alert ON note (alert, n);
  CREATE TRIGGER notes_forgotten AFTER DELETE ON ledger BEGIN
    DELETE FROM note WHERE alert = old.alert;
  END;

  -- The id under which a destination knows a note; wanted as long as the note, or message seq, is there.
  CREATE TABLE note_alias (
    note TEXT NOT NULL,
    destination INTEGER NOT NULL,
    alias TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (note, destination)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER note_forgotten AFTER DELETE ON note BEGIN
    -- its removal may still be on the way
    UPDATE note_alias SET seq = (SELECT max(seq) FROM message) WHERE note = old.id;
  END;
  `
