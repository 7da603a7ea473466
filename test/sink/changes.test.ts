import { expect, test } from 'vitest'
import { alert, talkTo } from './talk.js'

test('status, tags and attributes are set as at Alerta', async () => {
  const { ask } = await talkTo()
  await ask('POST', '/alert', alert({ id: 'a1', tags: ['a'], attributes: { region: 'EU' } }))
  const put = (path: string, body: object) => ask('PUT', `/alert/a1/${path}`, body)
  expect(await put('status', { status: 'assign', timeout: 77 })).toMatchObject({ status: 200, body: { status: 'ok' } })
  await put('tag', { tags: ['b', 'a'] })
  await put('untag', { tags: ['a'] })
  await put('attributes', { attributes: { region: null, rack: 7 } })
  const { body } = await ask('GET', '/alert/a1')
  expect(body.alert).toMatchObject({ status: 'assign', timeout: 77, tags: ['b'], attributes: { rack: 7 } })
})

test('a note has an id of the sink, is listed, changed and taken away', async () => {
  const { ask } = await talkTo()
  await ask('POST', '/alert', alert({ id: 'a1' }))
  const added = await ask('PUT', '/alert/a1/note', { id: 'mine', text: 'first' })
  const { id } = added.body
  expect(added).toMatchObject({ status: 201, body: { note: { id, text: 'first', related: { alert: 'a1' } } } })
  expect(id).not.toBe('mine')
  expect(await ask('PUT', `/alert/a1/note/${id}`, { text: 'second' })).toMatchObject({
    body: { note: { text: 'second' } },
  })
  expect(await ask('GET', '/alert/a1/notes')).toMatchObject({ body: { total: 1, notes: [{ id, text: 'second' }] } })
  expect(await ask('DELETE', `/alert/a1/note/${id}`)).toMatchObject({ status: 200 })
  expect(await ask('DELETE', `/alert/a1/note/${id}`)).toMatchObject({ status: 404 })
  expect(await ask('GET', '/alert/a1/notes')).toMatchObject({ body: { total: 0 } })
})

test.each([
  ['status', {}, "must supply 'status' as json data"],
  ['tag', { tags: [] }, "must supply 'tags' as json list"],
  ['attributes', {}, "must supply 'attributes' as json data"],
  ['note', {}, "must supply 'note' text"],
])('PUT %s with %o is refused', async (path, body, message) => {
  const { ask } = await talkTo()
  await ask('POST', '/alert', alert({ id: 'a1' }))
  expect(await ask('PUT', `/alert/a1/${path}`, body)).toMatchObject({ status: 400, body: { message } })
})

test.each(['status', 'tag', 'attributes', 'note', 'note/n1'])(
  'PUT %s of an unknown alert is not found',
  async (path) => {
    const { ask } = await talkTo()
    const body = { status: 'ack', tags: ['a'], attributes: { a: 1 }, text: 'a' }
    expect(await ask('PUT', `/alert/nobody/${path}`, body)).toMatchObject({ status: 404 })
  },
)
