// Runs one of two bare Express servers that the collector is compared with, as a process of its own.
// `usual` is Express as usually written; `preset` is Express without the cost of changing prototypes.
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Request, type Response } from 'express'

const app = express()
let server: http.Server

if (process.argv[2] === 'usual') {
  app.use(express.json({ type: () => true }))
  app.post('/e', (_request: Request, response: Response) => void response.status(202).json({ accepted: 1 }))
  server = http.createServer(app)
} else {
  app.post('/e', (request: Request, response: Response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      JSON.parse(Buffer.concat(chunks).toString('utf8'))
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"accepted":1}')
    })
  })
  // Express sets the prototypes of both objects on every request, which makes V8 treat them as slow objects.
  // Objects that are created with these prototypes stay fast.
  class PresetRequest extends http.IncomingMessage {}
  class PresetResponse extends http.ServerResponse {}
  Object.setPrototypeOf(PresetRequest.prototype, app.request)
  Object.setPrototypeOf(PresetResponse.prototype, app.response)
  app.request = PresetRequest.prototype as unknown as typeof app.request
  app.response = PresetResponse.prototype as unknown as typeof app.response
  server = http.createServer({ IncomingMessage: PresetRequest, ServerResponse: PresetResponse }, app)
}

server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
