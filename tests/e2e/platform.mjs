// What the fake platforms share: a server on loopback, a log, and faults on demand. Each has its own serve(request, response).
import { createServer } from 'node:http'

export class Platform {
  violations = [] // requests that the platform's description does not allow
  log = [] // its calls, and what became of them
  faults = []

  async start(port = 0) {
    this.server = createServer((request, response) => this.serve(request, response))
    await new Promise((done) => this.server.listen(port, '127.0.0.1', done))
    this.port = this.server.address().port
    this.url = `http://127.0.0.1:${this.port}`
    return this
  }

  async stop() {
    this.server.closeAllConnections()
    await new Promise((done) => this.server.close(done))
  }

  // Makes the next `times` calls of a name ("*": any) fail; `how` is each platform's own.
  fail(name, how, times = 1) {
    this.faults.push({ name, how, times })
  }

  takeFault(name) {
    const i = this.faults.findIndex((f) => f.name === name || f.name === '*')
    if (i < 0) return undefined
    const { how } = this.faults[i]
    if (--this.faults[i].times === 0) this.faults.splice(i, 1)
    return how
  }
}
