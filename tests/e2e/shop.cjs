// A small shop whose checkout fails, reported by an unmodified Sentry SDK. The argument is JSON:
// { dsn, type, message, release, customer, times }
const { createRequire } = require('node:module')
const { join } = require('node:path')

const Sentry = createRequire(join(process.env.TOCSIN_E2E, 'package.json'))('@sentry/node')
const given = JSON.parse(process.argv[2])

class CardDeclined extends Error {
  constructor(message) {
    super(message)
    this.name = given.type ?? 'CardDeclined'
  }
}

function charge() {
  throw new CardDeclined(given.message ?? 'the card was refused')
}

async function main() {
  Sentry.init({ dsn: given.dsn, release: given.release ?? 'shop@1.4.2', environment: 'production' })
  Sentry.setUser({ id: '17', username: 'ana' })
  Sentry.setTag('customer', given.customer ?? 'Acme')
  for (let i = 0; i < (given.times ?? 1); i++) {
    try {
      charge()
    } catch (error) {
      Sentry.captureException(error)
    }
  }
  if (!(await Sentry.close(8000))) throw new Error('the SDK could not send in time')
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
