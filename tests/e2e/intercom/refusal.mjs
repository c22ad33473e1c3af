// An error as Intercom answers it.
import { randomUUID } from 'node:crypto'

export class Refusal extends Error {
  constructor(status, code, message) {
    super(message)
    this.status = status
    this.body = { type: 'error.list', request_id: randomUUID(), errors: [{ code, message }] }
  }
}
