import { LISTED_COLUMNS } from './listed.js'

/**
 * What ends by itself: heartbeats, blackouts, and the alerts of which housekeeping has to know when their time runs out.
 * That stands in `listed`, whose narrow rows are read as a whole within milliseconds.
 */
export const UPKEEP = `
  -- The newest heartbeat of each origin and customer ('': of none).
  CREATE TABLE heartbeat_state (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    origin TEXT NOT NULL,
    customer TEXT NOT NULL,
    tags TEXT NOT NULL CHECK (json_valid(tags)),
    attributes TEXT NOT NULL CHECK (json_valid(attributes)),
    -- by the origin's clock
    created_at INTEGER NOT NULL,
    timeout INTEGER NOT NULL CHECK (timeout >= 0),
    received_at INTEGER NOT NULL,
    -- what was last told of it by an alert; null: that it is well, or nothing
    told TEXT CHECK (told IN ('expired', 'slow')),
    UNIQUE (origin, customer)
  ) STRICT;

  CREATE TABLE blackout (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    -- a Blackout
    state TEXT NOT NULL CHECK (json_valid(state))
  ) STRICT;
  CREATE INDEX blackout_by_end ON blackout (environment, end_at);

  -- When housekeeping took it off the lists; what comes next about it begins anew. Null: it is on them, or deleted.
  ALTER TABLE ledger ADD COLUMN cleared_at INTEGER;

  -- Seconds without a reception after which it expires, 0: never. When its ack or shelving ends, 0: never, or it has none.
  ALTER TABLE listed ADD COLUMN timeout INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE listed ADD COLUMN held_until INTEGER NOT NULL DEFAULT 0;
  UPDATE listed SET (timeout, held_until) = (SELECT ${endsOf('ledger')} FROM ledger WHERE ledger.alert = listed.alert);

  DROP TRIGGER ledger_began;
  CREATE TRIGGER ledger_began AFTER INSERT ON ledger
    WHEN EXISTS (SELECT 1 FROM alert WHERE alert.id = new.alert AND alert.deleted_at IS NULL) BEGIN
    ${list('new')}
  END;
  DROP TRIGGER ledger_repeated;
  CREATE TRIGGER ledger_repeated AFTER UPDATE OF state ON ledger BEGIN
    UPDATE listed SET received_at = new.state ->> '$.lastReceiveTime', duplicates = new.state ->> '$.duplicateCount',
      (timeout, held_until) = (SELECT ${endsOf('new')}) WHERE alert = new.alert;
  END;
  -- DISTINCT, for OR IGNORE means nothing in a trigger of a statement that itself says what is to be done in a conflict
  DROP TRIGGER ledger_served;
  CREATE TRIGGER ledger_served AFTER UPDATE OF state ON ledger
    WHEN new.state ->> '$.service' IS NOT old.state ->> '$.service' BEGIN
    DELETE FROM listed_service WHERE alert = new.alert;
    INSERT INTO listed_service (alert, service)
      SELECT DISTINCT new.alert, value FROM json_each(new.state, '$.service')
      WHERE EXISTS (SELECT 1 FROM listed WHERE alert = new.alert);
  END;
  CREATE TRIGGER ledger_cleared AFTER UPDATE OF cleared_at ON ledger WHEN new.cleared_at IS NOT NULL BEGIN
    DELETE FROM listed WHERE alert = new.alert;
    DELETE FROM listed_service WHERE alert = new.alert;
    DELETE FROM history WHERE alert = new.alert;
  END;
  CREATE TRIGGER ledger_came_back AFTER UPDATE OF cleared_at ON ledger
    WHEN new.cleared_at IS NULL AND old.cleared_at IS NOT NULL
      AND EXISTS (SELECT 1 FROM alert WHERE alert.id = new.alert AND alert.deleted_at IS NULL) BEGIN
    ${list('new')}
  END;
`

function endsOf(row: string): string {
  const held = `iif(${row}.status IN ('ack', 'shelved'), ${row}.state ->> '$.statusUntil', 0)`
  return `${row}.state ->> '$.timeout', ${held}`
}

function list(row: string): string {
  return `
    INSERT INTO listed (alert, id, environment, resource, event, customer, severity, status, group_name, created_at,
      received_at, duplicates, timeout, held_until) SELECT ${LISTED_COLUMNS(row)}, ${endsOf(row)};
    INSERT INTO listed_service (alert, service)
      SELECT DISTINCT ${row}.alert, value FROM json_each(${row}.state, '$.service');`
}
