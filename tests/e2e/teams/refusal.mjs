// An error as Teams and Graph answer it.
export class Refusal extends Error {
  constructor(status, code, text = code, { headers = {}, body } = {}) {
    super(code)
    this.status = status
    this.headers = headers
    this.body = body ?? { error: { code, message: text } }
  }
}

// The other form of an error: JSON within a text.
export const blocked = (subCode, errorCode) =>
  new Refusal(403, subCode, subCode, { body: { errorCode, message: JSON.stringify({ subCode, details: null, errorCode: null, errorSubCode: null }) } })
