// An error as Zendesk answers it.
export class Refusal extends Error {
  constructor(status, error, description, details) {
    super(`${error}: ${description}`)
    this.status = status
    this.body = { error, ...(description ? { description } : {}), ...(details ? { details } : {}) }
  }
}

export const missing = () => new Refusal(404, 'RecordNotFound', 'Not found')
export const invalid = (field, description, error = 'InvalidValue') =>
  new Refusal(422, 'RecordInvalid', 'Record validation errors', { [field]: [{ description, error }] })
