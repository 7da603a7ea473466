import { expect, test } from 'vitest'
import type { Bench } from './bench.js'

/** What users set in the web UI. */
export function userSettingsContract(bench: Bench): void {
  const { open } = bench

  test("settings are changed one by one, are each user's own, and survive a crash", async () => {
    const { settings } = await open()
    await settings.merge('user ops', {
      prefs: { isDark: true, shelveTimeout: 60 },
      queries: [{ text: 'mine', q: 'a' }],
    })
    await settings.merge('user ops', { prefs: { shelveTimeout: null } })
    await settings.merge('user ops', JSON.parse('{"__proto__": {"polluted": true}, "queries": []}'))
    await settings.merge('user viewer', { prefs: { isDark: false } })
    await bench.crash()
    const { settings: again } = await bench.reopen()
    const found = await again.get('user ops')
    expect(Object.entries(found)).toEqual([
      ['prefs', { isDark: true, shelveTimeout: null }],
      ['queries', []],
      ['__proto__', { polluted: true }],
    ])
    expect(await again.get('user viewer')).toEqual({ prefs: { isDark: false } })
    expect(await again.get('user nobody')).toEqual({})
    await again.merge('user viewer', { prefs: null })
    expect(await again.get('user viewer')).toEqual({})
  })

  test('nobody fills the disk with settings', async () => {
    const { settings } = await open()
    expect(await settings.merge('user ops', { prefs: { note: 'x'.repeat(65_000) } })).toBe('merged')
    expect(await settings.merge('user ops', { queries: ['x'.repeat(1_000)] })).toBe('too large')
    expect(Object.keys(await settings.get('user ops'))).toEqual(['prefs'])
  })
}
