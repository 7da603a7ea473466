/** What happened to a message, kept for who asks later. The words stand here as they were then. */
export const ATTEMPTS = `
  -- Attempts, but for that of a delivery which arrived at its first: its row in settled tells it.
  CREATE TABLE attempt (
    destination INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    -- the how manieth it was, those that were given back counted too
    n INTEGER NOT NULL CHECK (n >= 1),
    number INTEGER NOT NULL CHECK (number >= 1),
    -- its end; of one that nobody saw end, for the relay ended first, its beginning
    at INTEGER NOT NULL,
    -- null: nobody saw it end
    ms INTEGER CHECK (ms >= 0),
    outcome TEXT NOT NULL
      CHECK (outcome IN ('delivered', 'suppressed', 'retry', 'unknown', 'suspend', 'dead', 'not found')),
    status INTEGER,
    note TEXT,
    -- the state of the delivery after it
    became TEXT NOT NULL CHECK (became IN ('queued', 'delivered', 'suppressed', 'superseded', 'dead')),
    PRIMARY KEY (destination, seq, n)
  ) STRICT, WITHOUT ROWID;

  -- How long its last attempt took; null: it ended without one, or before this column was there.
  ALTER TABLE settled ADD COLUMN ms INTEGER;
  -- The journal's number of the message that goes out in its place, or that made it pointless; null: none, or not known.
  ALTER TABLE settled ADD COLUMN by_seq INTEGER;
  -- The few that ended in another way than most do.
  CREATE INDEX settled_otherwise ON settled (destination, state, seq) WHERE state NOT IN ('delivered', 'dead');

  -- Of a replay: the id of the message that is sent again.
  ALTER TABLE message ADD COLUMN replay_of BLOB CHECK (length(replay_of) = 16);
  CREATE INDEX message_by_replayed ON message (replay_of) WHERE replay_of IS NOT NULL;
  `
