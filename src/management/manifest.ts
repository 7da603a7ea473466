import type { Env, Hono, MiddlewareHandler } from 'hono'

/**
 * `GET /management/manifest` (scope read:management): what is running, in the shape that the web UI's page About takes
 * apart. A build and a revision are not known here: empty, for the web UI cuts the revision short whatever it is.
 */
export function mountManifest<E extends Env>(
  api: Hono<E>,
  gate: MiddlewareHandler<E>,
  { version }: { readonly version: string },
): void {
  api.get('/management/manifest', gate, (c) => c.json({ release: version, build: '', date: null, revision: '' }))
}
