/** Labels and value. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

export interface Family {
  readonly type: 'counter' | 'gauge' | 'untyped'
  readonly help: string
  readonly labels: readonly string[]
}

const family = (type: Family['type'], help: string, ...labels: string[]): Family => ({ type, help, labels })

/**
 * What is read at each scrape; the histograms stand in measures.ts. Labels are destinations, kinds, states, outcomes and
 * reasons: never an id, a path or a resource, so that the number of series is bounded by the configuration.
 */
export const FAMILIES = {
  // as Alerta names them (alerta/views/alerts.py, alerta/management/views.py); what is typed there as something else than
  // its name says has no type here, or linters complain
  alerta_alerts_total: family('untyped', 'Alerts that are not deleted; as Alerta counts them'),
  alerta_uptime_msecs: family('untyped', 'Milliseconds since the start; as Alerta tells it'),
  alerta_alerts_received_count: family('untyped', 'Alerts received; as Alerta counts them'),
  alerta_alerts_received_sum: family('untyped', 'Milliseconds that took; as Alerta sums them'),
  alerta_alerts_rejected_total: family('counter', 'Alerts rejected by policy; as Alerta counts them'),
  alerta_alerts_blackout_total: family('counter', 'Alerts kept back by a blackout; as Alerta counts them'),

  alerta_relay_build_info: family('gauge', 'Always 1; what is running', 'version'),
  alerta_relay_messages_accepted_total: family('counter', 'Messages that were stored', 'kind'),
  alerta_relay_messages_suppressed_total: family('counter', 'Messages that were not passed on', 'reason'),
  alerta_relay_messages_refused_total: family('counter', 'Messages that were understood and refused', 'reason'),
  alerta_relay_messages_overflowed_total: family('counter', 'Messages left to a resync: queue full', 'destination'),
  alerta_relay_requests_refused_total: family('counter', 'Requests answered with 4xx or 503', 'status'),
  alerta_relay_headers_ignored_total: family('counter', 'Headers of senders that were not believed', 'header'),
  alerta_relay_deliveries_total: family('counter', 'Deliveries that came to their end', 'destination', 'state'),
  alerta_relay_attempts_total: family('counter', 'Tries at a destination', 'destination', 'outcome'),
  alerta_relay_resyncs_total: family('counter', 'Resyncs that began', 'destination'),
  alerta_relay_messages_resent_total: family('counter', 'Messages queued by resyncs', 'destination'),
  alerta_relay_batches_total: family('counter', 'Requests that held several messages', 'destination'),
  alerta_relay_batched_messages_total: family('counter', 'Messages that went in them', 'destination'),
  alerta_relay_batches_received_total: family('counter', 'Batches of other relays'),
  alerta_relay_actions_healed_total: family('counter', 'Actions whose alert had to be found first', 'destination'),
  alerta_relay_damaged_total: family('counter', 'Rows found damaged and set aside', 'destination'),
  alerta_relay_heartbeat_alerts_total: family('counter', 'Alerts posted about origins', 'status'),
  alerta_relay_housekeeping_total: family('counter', 'Alerts whose time ran out', 'change'),
  alerta_relay_self_alerts_total: family('counter', 'Alerts about the relay itself that were posted', 'event'),
  alerta_relay_spans_dropped_total: family('counter', 'Spans that no collector got'),

  alerta_relay_queue_messages: family('gauge', 'Deliveries queued and sending', 'destination'),
  alerta_relay_queue_bytes: family('gauge', 'Bytes of the bodies queued', 'destination'),
  alerta_relay_queue_limit_messages: family('gauge', 'Beyond it nothing more is queued', 'destination'),
  alerta_relay_queue_limit_bytes: family('gauge', 'Beyond it nothing more is queued', 'destination'),
  alerta_relay_queue_oldest_age_seconds: family('gauge', 'Age of the oldest queued message; 0: none', 'destination'),
  alerta_relay_dead_letters: family('gauge', 'Dead letters that are kept', 'destination'),
  alerta_relay_needs_resync: family('gauge', '1: its queue was full, and a resync will make up for it', 'destination'),
  alerta_relay_attempts_running: family('gauge', 'Tries under way', 'destination'),
  alerta_relay_concurrency: family('gauge', 'Tries that may be under way together', 'destination'),
  alerta_relay_concurrency_max: family('gauge', 'The most that may be (concurrency.max)', 'destination'),
  alerta_relay_usual_answer_seconds: family(
    'gauge',
    'How long an answer takes while hardly pressed; 0: not known yet',
    'destination',
  ),
  alerta_relay_last_success_timestamp_seconds: family('gauge', 'Of this run; 0: none yet', 'destination'),
  alerta_relay_destination_state: family(
    'gauge',
    '1 for the state that it is in, 0 for the others',
    'destination',
    'state',
  ),

  alerta_relay_alerts: family('gauge', 'Alerts in the ledger; counted at most once a minute', 'status'),
  alerta_relay_database_bytes: family('gauge', 'Size of the database without its log'),
  alerta_relay_wal_bytes: family('gauge', 'Size of the database log'),
  alerta_relay_disk_free_bytes: family('gauge', 'What the relay may still write'),
  alerta_relay_disk_min_free_bytes: family('gauge', 'Below it messages are refused (limits.min_free_disk)'),
  alerta_relay_max_age_seconds: family('gauge', 'Deliveries older than this die (limits.max_age)'),
  alerta_relay_ready: family('gauge', '1: takes messages, as /management/ready says'),
  alerta_relay_clock_guarding: family('gauge', '1: the clock jumped, so nothing expires for an hour'),
  alerta_relay_credential_expiry_timestamp_seconds: family(
    'gauge',
    'When a credential that senders use ends',
    'credential',
  ),

  process_cpu_user_seconds_total: family('counter', 'CPU time of the program'),
  process_cpu_system_seconds_total: family('counter', 'CPU time of the system for the program'),
  process_cpu_seconds_total: family('counter', 'CPU time, both'),
  process_resident_memory_bytes: family('gauge', 'Memory'),
  process_start_time_seconds: family('gauge', 'When the relay started'),
  process_open_fds: family('gauge', 'Open files and sockets'),
  nodejs_heap_size_total_bytes: family('gauge', 'Heap'),
  nodejs_heap_size_used_bytes: family('gauge', 'Heap in use'),
  nodejs_external_memory_bytes: family('gauge', 'Memory outside the heap'),
  nodejs_eventloop_lag_mean_seconds: family('gauge', 'How late timers fired since the last scrape'),
  nodejs_eventloop_lag_p50_seconds: family('gauge', 'The same, of a half of them at most'),
  nodejs_eventloop_lag_p99_seconds: family('gauge', 'The same, of all but a hundredth at most'),
  nodejs_eventloop_lag_max_seconds: family('gauge', 'The same, the worst'),
} as const satisfies Readonly<Record<string, Family>>

export type FamilyName = keyof typeof FAMILIES
export type Figures = Readonly<Partial<Record<FamilyName, readonly Sample[]>>>
