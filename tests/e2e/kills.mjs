// kill -9 of tocsind and of connectors, in a world of { tocsin, ana, ben }: whoever was there is back when a function returns.
import { readFileSync } from 'node:fs'
import { until } from './support.mjs'

function isAlive(pid) {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

export async function killDaemon({ tocsin, ana, ben }) {
  const runners = tocsin.runners()
  await tocsin.kill()
  await until('its runners to be gone', () => !runners.some(isAlive))
  await tocsin.start()
  await Promise.all([ana.enterAgain(), ben.enterAgain()])
}

export async function killRunner({ tocsin, ana, ben }, connector) {
  const pid = tocsin.runners().find((p) => readFileSync(`/proc/${p}/maps`, 'utf8').includes(`plugins/${connector}.so`))
  if (pid) process.kill(pid, 'SIGKILL')
  await until('the runner to be gone', () => !pid || !isAlive(pid))
  await until('it to be restarted', async () => (await tocsin.tocsin('connector', 'restart', connector)).code === 0)
  if (connector === 'console') await Promise.all([ana.enterAgain(), ben.enterAgain()])
}
