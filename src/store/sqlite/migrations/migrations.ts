import { MARKS } from '../../../model/decision.js'
import { SETTLED_STATES } from '../../../model/delivery.js'
import { ORDERINGS } from '../../../model/destination.js'
import { RESYNC_PHASES } from '../../../model/resync.js'
import { ALERT_IDS } from './alert-ids.js'
import { ATTEMPTS } from './attempts.js'
import { FILL } from './fill.js'
import { LISTED } from './listed.js'
import { LISTING } from './listing.js'
import { MOVES } from './moves.js'
import { OPERATORS } from './operators.js'
import { TRACES } from './traces.js'
import { UPKEEP } from './upkeep.js'
import { WHOLE_LIFE } from './whole-life.js'

const oneOf = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ')

/**
 * Numbered forward migrations; the file's user_version is the number of the last one applied. A landed one is never
 * edited. The layout is the one that measured best: narrow rows in arrival order, no lane index, and small tables for
 * what is in flight or has failed (docs/decisions/0002-outbox-layout.md).
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE destination (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- by which the lanes of its queue were given
    order_by TEXT NOT NULL CHECK (order_by IN (${oneOf(ORDERINGS)})),
    -- the queue's size, kept in the transactions that change it, for the budget
    queued_rows INTEGER NOT NULL DEFAULT 0 CHECK (queued_rows >= 0),
    queued_bytes INTEGER NOT NULL DEFAULT 0 CHECK (queued_bytes >= 0),
    gate TEXT NOT NULL DEFAULT '{"state":"flowing"}'
      CHECK (gate ->> 'state' IN ('flowing', 'suspended', 'held')),
    breaker_open_until INTEGER NOT NULL DEFAULT 0,
    breaker_streak INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- Spans in which a destination was held: they do not count towards a delivery's age.
  CREATE TABLE hold (
    destination INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER CHECK (until >= since),
    PRIMARY KEY (destination, since)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX one_hold_at_a_time ON hold (destination) WHERE until IS NULL;

  -- The journal. A number is never given again, also when everything was pruned: positions and marks rest on it.
  CREATE TABLE message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id BLOB NOT NULL CHECK (length(message_id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('alert', 'action', 'delete', 'heartbeat')),
    accepted_at INTEGER NOT NULL,
    alert INTEGER CHECK ((alert IS NULL) = (kind = 'heartbeat')),
    alert_id TEXT NOT NULL,
    action TEXT CHECK ((action IS NULL) = (kind <> 'action')),
    timeout INTEGER CHECK ((timeout IS NULL) = (kind <> 'heartbeat')),
    request_id TEXT NOT NULL,
    hops TEXT NOT NULL,
    sender TEXT NOT NULL,
    credential TEXT NOT NULL,
    -- destination -> why it was skipped
    skipped TEXT CHECK (json_valid(skipped)),
    body BLOB CHECK ((body IS NULL) = (kind = 'delete'))
  ) STRICT;
  CREATE INDEX message_by_id ON message (message_id);

  -- The outbox: deliveries that are queued or sending, in arrival order; a lane's order is that of its rows.
  CREATE TABLE outbox (
    destination INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    PRIMARY KEY (destination, seq)
  ) STRICT, WITHOUT ROWID;

  -- Claims. The key is the promise: one attempt in flight per lane.
  CREATE TABLE sending (
    destination INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    owner TEXT NOT NULL,
    claimed_until INTEGER NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    PRIMARY KEY (destination, lane),
    UNIQUE (destination, seq)
  ) STRICT, WITHOUT ROWID;

  -- Only for lane heads that have been tried and are queued again.
  CREATE TABLE retry (
    destination INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    not_before INTEGER NOT NULL,
    faults INTEGER NOT NULL,
    first_fault_at INTEGER NOT NULL CHECK ((first_fault_at = 0) = (faults = 0)),
    last_fault_at INTEGER NOT NULL CHECK (last_fault_at >= first_fault_at),
    unknowns INTEGER NOT NULL,
    suspensions INTEGER NOT NULL,
    not_found INTEGER NOT NULL,
    status INTEGER,
    note TEXT,
    PRIMARY KEY (destination, seq)
  ) STRICT, WITHOUT ROWID;

  -- Deliveries that have come to their end.
  CREATE TABLE settled (
    destination INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN (${oneOf(SETTLED_STATES)})),
    at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    unknowns INTEGER NOT NULL,
    status INTEGER,
    note TEXT CHECK (note IS NOT NULL OR state <> 'dead'),
    PRIMARY KEY (destination, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX dead_letter ON settled (destination, seq) WHERE state = 'dead';

  -- The alert index. Without resource and event: only the id has been seen, in an action or a delete.
  CREATE TABLE alert (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    environment TEXT,
    resource TEXT,
    event TEXT,
    customer TEXT,
    correlate TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(correlate)),
    lane_resource INTEGER NOT NULL,
    lane_alert INTEGER NOT NULL,
    first_id TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    last_alert_id TEXT NOT NULL,
    last_digest TEXT NOT NULL,
    last_hops TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    CHECK ((resource IS NULL) = (event IS NULL) AND (resource IS NULL) = (environment IS NULL)
       AND (resource IS NULL) = (customer IS NULL))
  ) STRICT;
  -- The few that others may be correlated with, so that a resource with many events is not searched whole.
  CREATE INDEX correlating_alert ON alert (resource, environment, customer)
    WHERE deleted_at IS NULL AND resource IS NOT NULL AND correlate <> '[]';
  CREATE UNIQUE INDEX current_alert ON alert (resource, environment, customer, event)
    WHERE deleted_at IS NULL AND resource IS NOT NULL;

  CREATE TABLE alert_id (
    id TEXT PRIMARY KEY,
    alert INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE mark (
    alert INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN (${oneOf(MARKS)})),
    -- an alert went there, or came from there
    sent INTEGER NOT NULL DEFAULT 0 CHECK (sent IN (0, 1)),
    -- the id under which the destination knows the alert
    alias TEXT,
    PRIMARY KEY (alert, destination)
  ) STRICT, WITHOUT ROWID;

  -- The newest heartbeat of each origin, which is a lane: it supersedes those before it.
  CREATE TABLE heartbeat (
    lane INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL
  ) STRICT;

  -- Accepted messages by id and content: 8 bytes of the UUIDv7 (its time first), 8 bytes of a digest.
  CREATE TABLE seen (
    key BLOB PRIMARY KEY CHECK (length(key) = 16),
    -- by our own clock: a peer may deliver what it has held for long
    seen_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE nonce (
    key TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX nonce_by_expiry ON nonce (expires_at);

  CREATE TABLE touched (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- The ledger: what the relay takes each alert for. The journal is pruned, so this is the truth.
  CREATE TABLE ledger (
    alert INTEGER PRIMARY KEY,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    -- since when each part of the state holds (standing.ts)
    registers TEXT NOT NULL CHECK (json_valid(registers)),
    -- the journal's number of its newest change; what follows until the next one are its repeats
    changed_seq INTEGER NOT NULL,
    -- an AlertState
    state TEXT NOT NULL CHECK (json_valid(state))
  ) STRICT;

  CREATE TABLE history (
    alert INTEGER NOT NULL,
    n INTEGER NOT NULL,
    -- a HistoryEntry
    entry TEXT NOT NULL CHECK (json_valid(entry)),
    PRIMARY KEY (alert, n)
  ) STRICT, WITHOUT ROWID;

  -- When a relay first accepted it; null: we, at accepted_at.
  ALTER TABLE message ADD COLUMN stamp INTEGER;
  -- What that relay made of it, a Became; null: nobody said.
  ALTER TABLE message ADD COLUMN became TEXT CHECK (json_valid(became));
  -- Of a repeat: the number of the change that it repeats; null: it is a change, or no alert.
  ALTER TABLE message ADD COLUMN repeats INTEGER;
  CREATE INDEX message_by_alert ON message (alert, seq) WHERE alert IS NOT NULL;

  -- What was deleted, for a message that is older than the delete and comes later.
  CREATE INDEX gone_alert ON alert (resource, environment, customer, event)
    WHERE deleted_at IS NOT NULL AND resource IS NOT NULL;

  -- Who told us this id (0: a sender, else a destination), and the how manieth of its ids for the alert it is.
  ALTER TABLE alert_id ADD COLUMN source INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alert_id ADD COLUMN n INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX alert_id_by_source ON alert_id (alert, source, n);

  -- The journal's numbers of: the delivery that taught the alias, the newest change that came from there, and the
  -- newest such change after which the state was sent there again.
  ALTER TABLE mark ADD COLUMN alias_seq INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE mark ADD COLUMN changed_seq INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE mark ADD COLUMN resent_seq INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX mark_by_alias ON mark (alias, destination) WHERE alias IS NOT NULL;

  -- What a repeat that was folded leaves to the one that goes out instead.
  CREATE TABLE folded (
    destination INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    tags TEXT NOT NULL CHECK (json_valid(tags)),
    attributes TEXT NOT NULL CHECK (json_valid(attributes)),
    PRIMARY KEY (destination, seq)
  ) STRICT, WITHOUT ROWID;

  -- Since when nothing is queued there any more, its queue being full; null: it is not so.
  ALTER TABLE destination ADD COLUMN overflowed_at INTEGER;

  -- The resync that runs at a destination, or the last one that ended there.
  CREATE TABLE resync (
    destination INTEGER PRIMARY KEY,
    -- a ResyncPlan
    plan TEXT NOT NULL CHECK (json_valid(plan)),
    phase TEXT NOT NULL CHECK (phase IN (${oneOf(RESYNC_PHASES)})),
    started_at INTEGER NOT NULL,
    -- when the peer began to tell its alerts: what was delivered since may not show in them
    read_at INTEGER NOT NULL,
    ended_at INTEGER CHECK ((ended_at IS NULL) = (phase IN ('reading', 'queuing'))),
    -- the alerts up to the cursor have been queued; those behind the last came later and were queued as usual
    cursor INTEGER NOT NULL DEFAULT 0,
    last INTEGER NOT NULL DEFAULT 0,
    -- a Tally
    tally TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(tally)),
    note TEXT
  ) STRICT;

  -- A peer's alerts as it told them, while they are compared with ours.
  CREATE TABLE snapshot (
    n INTEGER PRIMARY KEY,
    destination INTEGER NOT NULL,
    resource TEXT NOT NULL,
    environment TEXT NOT NULL,
    customer TEXT NOT NULL,
    event TEXT NOT NULL,
    id TEXT NOT NULL,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    -- by its clock
    received_at INTEGER NOT NULL,
    UNIQUE (destination, resource, environment, customer, event)
  ) STRICT;
  CREATE INDEX snapshot_by_id ON snapshot (destination, id);
  `,
  LISTED,
  WHOLE_LIFE,
  UPKEEP,
  // What users of the web UI have set for themselves, by the name of their credential.
  `
  CREATE TABLE user_settings (
    who TEXT PRIMARY KEY,
    attributes TEXT NOT NULL CHECK (json_valid(attributes))
  ) STRICT;
  `,
  FILL,
  ATTEMPTS,
  OPERATORS,
  MOVES,
  TRACES,
  LISTING,
  ALERT_IDS,
]
