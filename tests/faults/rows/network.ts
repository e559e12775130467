// Rows of the network between collector and TikTok: name resolution, unanswered connections and lost packets.

import { type Check, exactly, moreThan, within } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import { startScriptedProxy } from '../../support/scripted-proxy.js'
import { waitFor } from '../../support/wait.js'
import { runInNamespace } from '../network-namespace.js'
import type { Context, Row } from '../row.js'
import { attemptOutcomes, runScenario } from '../scenario.js'
import { startUnresponsivePort } from '../unresponsive-port.js'

/** Connections that are never answered end after 5 s, and nothing counts as sent. */
async function blackHole({ store }: Context): Promise<Check[]> {
  const unresponsive = await startUnresponsivePort()
  const proxy = await startScriptedProxy()
  const open = { TAGFERRY_TIKTOK_URL: `http://127.0.0.1:${proxy.port}` }
  const env = { TAGFERRY_TIKTOK_URL: `http://127.0.0.1:${unresponsive.port}` }
  const { found, checks } = await runScenario({ store, env }, async (given) => {
    const { sink, data, sendEvents } = given
    proxy.target = sink.origin
    await sendEvents(5)
    await waitFor('an attempt', async () => (await attemptOutcomes(data)).not_sent !== undefined)
    const [row] = await data.query<{ ms: number }>('select max(duration_ms) as ms from attempts')
    const { not_sent, ...others } = await attemptOutcomes(data)
    await given.restart(open)
    await waitFor('a request', () => sink.batches.length > 0)
    const { left } = await waitUntilDrained(data)
    return [
      moreThan('black hole: ms until it ends', Number(row?.ms), 4_500),
      within('black hole: ms until it ends', Number(row?.ms), 8_000),
      exactly('black hole: attempts called other than not sent', Object.keys(others).length, 0),
      exactly('black hole: undelivered afterwards', left, 0),
    ]
  })
  unresponsive.end()
  await proxy.close()
  return [...checks, ...found]
}

export const row11: Row = {
  row: 11,
  name: 'DNS',
  run: (context) => runInNamespace('dns', context, { mount: 'mount' }),
}
export const row12: Row = {
  row: 12,
  name: 'black hole and loss',
  run: async (context) => [
    ...(await blackHole(context)),
    ...(await runInNamespace('loss', context, { nft: 'nftables' })),
  ],
}
