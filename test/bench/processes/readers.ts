import { connect } from 'node:net'

/** Consoles that are open: as many connections to the live feed, each read as it comes. */

const { port, count, path, key } = JSON.parse(process.argv[2] ?? '{}')
let bytes = 0
let reading = 0
let refused = 0

for (let i = 0; i < count; i += 1) {
  const socket = connect(port, '127.0.0.1', () =>
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Key ${key}\r\nAccept: text/event-stream\r\n\r\n`,
    ),
  )
  socket.once('data', (first) => {
    if (String(first).startsWith('HTTP/1.1 200')) reading += 1
    else refused += 1
  })
  socket.on('data', (part) => {
    bytes += part.length
  })
  socket.on('error', () => {
    refused += 1
  })
}
process.on('message', () => process.send?.({ bytes, reading, refused }))
process.on('disconnect', () => process.exit())
process.send?.({ port })
