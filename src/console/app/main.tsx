import { render } from 'preact'
import { App } from './app.js'
import { listenForKeys } from './keyboard.js'
import { recall, session } from './session.js'

const root = document.getElementById('app')
if (root === null) throw new Error('the page has no place for the console')
root.textContent = ''
render(<App />, root)
listenForKeys()
void recall().catch((error: unknown) => {
  session.value = null
  throw error
})
