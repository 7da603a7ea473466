import type { Program } from '../program.js'

/** How each command is used, for its help. The screens have theirs beside them, for they have more of them. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  serve: ['alerta-relay serve --config /etc/alerta-relay/relay.yaml', 'alerta-relay serve --sink 127.0.0.1:8090'],
  check: ['alerta-relay check', 'alerta-relay check --probe', 'alerta-relay check --probe --json'],
  reload: ['alerta-relay check && alerta-relay reload'],
  release: ['alerta-relay release mom1', 'alerta-relay release mom1 --skip --yes'],
  retry: ['alerta-relay retry mom1'],
  dead: ['alerta-relay dead mom1', 'alerta-relay dead mom1 --reason 422 --since 2h'],
  replay: ['alerta-relay replay mom1 --dry-run', 'alerta-relay replay mom1 --reason 422'],
  discard: ['alerta-relay discard mom1 --since 2h', 'alerta-relay discard mom1 --why "test alerts" --yes'],
  move: ['alerta-relay move mom1 mom2', 'alerta-relay move mom1 mom2 --older-than 1h --yes'],
  'discard-queued': ['alerta-relay discard-queued mom1 --lane Production/web01 --yes'],
  export: ['alerta-relay export mom1 > mom1.jsonl', 'alerta-relay export mom1 --dead > dead.jsonl'],
  'import-queue': ['alerta-relay import-queue mom1 --file mom1.jsonl'],
  backup: ['alerta-relay backup /backup/relay-$(date +%F).db'],
  restore: ['alerta-relay restore /backup/relay-2026-11-21.db'],
  resync: ['alerta-relay resync mom1 --dry-run', 'alerta-relay resync mom1 --match severity=critical'],
  diff: ['alerta-relay diff mom1', 'alerta-relay diff mom1 --repair'],
  show: ['alerta-relay show 01a1ff98-ae49'],
  trace: ['alerta-relay trace 0c2f1a2b'],
  audit: ['alerta-relay audit'],
  log: ['alerta-relay log debug --for 10m'],
  send: ['alerta-relay send --severity critical --resource web01 --event NodeDown'],
  sink: ['alerta-relay sink --listen 127.0.0.1:8090', 'alerta-relay sink --key secret --json'],
  import: ['alerta-relay import /etc/alertad.conf --out relay.yaml'],
}

/** Called when all commands are there. */
export function addExamples({ root }: Pick<Program, 'root'>): void {
  for (const command of root.commands) {
    const lines = EXAMPLES[command.name()]
    if (lines !== undefined) command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`)
  }
}
