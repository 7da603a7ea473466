import { serve } from '@hono/node-server'
import { Hono } from 'hono'

/** What every figure is compared with: reads a JSON body, and answers with it. */

const app = new Hono()
app.post('/alert', async (context) => {
  const alert = await context.req.json()
  return context.json({ status: 'ok', id: alert.resource, alert }, 201)
})
process.on('disconnect', () => process.exit())
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (address) => process.send?.(address))
