/** What a database knows of itself, and what was moved or came from an export. The words stand here as they were then. */
export const MOVES = `
  -- Who this database is, and how often a relay has started on it; start/epoch.ts compares that with the file beside it.
  CREATE TABLE epoch (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    starts INTEGER NOT NULL,
    -- whether that file was ever written
    filed INTEGER NOT NULL CHECK (filed IN (0, 1))
  ) STRICT;
  INSERT INTO epoch (one, id, starts, filed) VALUES (1, lower(hex(randomblob(16))), 0, 0);

  -- The URLs under which the server was known to which the ids belong that we have learned there; null: not noted yet.
  ALTER TABLE destination ADD COLUMN server TEXT CHECK (json_valid(server));

  -- Message seq is what was accepted as message of: it was moved here from another queue, or taken in from an export.
  CREATE TABLE moved (
    seq INTEGER PRIMARY KEY,
    of INTEGER NOT NULL
  ) STRICT;

  -- What was taken in from exports, so that nothing is taken in twice.
  CREATE TABLE imported (
    export TEXT NOT NULL,
    destination INTEGER NOT NULL,
    message_id BLOB NOT NULL CHECK (length(message_id) = 16),
    at INTEGER NOT NULL,
    PRIMARY KEY (export, destination, message_id)
  ) STRICT, WITHOUT ROWID;
  `
