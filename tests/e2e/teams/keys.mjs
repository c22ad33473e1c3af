// What is signed: the Bot Service's tokens for the bot, and those that the bot asks for; and the documents that prove them.
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

export class Signer {
  constructor(issuer = 'https://api.botframework.com') {
    this.issuer = issuer
    this.roll()
  }

  // A new key takes the place of the old one.
  roll() {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    this.kid = randomUUID()
    this.privateKey = privateKey
    this.jwk = { ...publicKey.export({ format: 'jwk' }), use: 'sig', kid: this.kid, x5t: this.kid, endorsements: ['webchat', 'msteams', 'directline'] }
  }

  // A token; `header` and `claims` replace what it would have.
  token(claims, header = {}) {
    const now = Math.floor(Date.now() / 1000)
    const head = part({ typ: 'JWT', alg: 'RS256', kid: this.kid, x5t: this.kid, ...header })
    const body = part({ iss: this.issuer, nbf: now - 60, exp: now + 3600, ...claims })
    return `${head}.${body}.${createSign('RSA-SHA256').update(`${head}.${body}`).sign(this.privateKey).toString('base64url')}`
  }

  metadata(url) {
    return { issuer: this.issuer, authorization_endpoint: 'https://invalid.botframework.com', jwks_uri: `${url}/v1/.well-known/keys`,
      id_token_signing_alg_values_supported: ['RS256'], token_endpoint_auth_methods_supported: ['private_key_jwt'] }
  }
}

export const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
