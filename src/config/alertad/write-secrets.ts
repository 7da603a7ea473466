/** One NAME=value a line, for `set -a; . file` of a shell, systemd's EnvironmentFile and, where no value is in quotes, docker. */
export const writeSecrets = (secrets: ReadonlyMap<string, string>): string =>
  [...secrets].map(([name, value]) => `${name}=${quoted(value)}\n`).join('')

function quoted(value: string): string {
  if (/^[\w./:@%+=,-]+$/.test(value)) return value
  if (!value.includes("'")) return `'${value}'`
  return `"${value.replace(/["\\$`]/g, (character) => `\\${character}`)}"`
}
