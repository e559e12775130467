// Scenario of a network that loses every tenth packet, in a namespace of its own.
import { spawnSync } from 'node:child_process'
import { atMost, type Check, exactly, moreThan, within } from '../../chaos/check.js'
import { waitUntilDrained } from '../../chaos/collector.js'
import { startScriptedProxy } from '../../support/scripted-proxy.js'
import { printChecks } from '../network-namespace.js'
import type { Context } from '../row.js'
import { attemptOutcomes, runScenario } from '../scenario.js'

await printChecks(async ({ store, quick }: Context): Promise<Check[]> => {
  const proxy = await startScriptedProxy()
  const env = { TAGFERRY_TIKTOK_URL: `http://127.0.0.1:${proxy.port}` }
  const { found, checks } = await runScenario({ store, env }, async ({ sink, data, sendEvents }) => {
    proxy.target = sink.origin
    nft(
      `table inet t { chain o { type filter hook output priority 0; ${lossy('dport')}; ${lossy('sport')}; }; }`,
    )
    for (let batch = 0; batch < (quick ? 40 : 150); batch++) {
      await sendEvents(20)
      await waitUntilDrained(data)
    }
    const rules = nft('list ruleset')
    const lost = [...rules.matchAll(/counter packets (\d+)/g)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    )
    nft('flush ruleset')
    await sendEvents(200)
    const { left, seconds } = await waitUntilDrained(data)
    const { delivered, ...rest } = await attemptOutcomes(data)
    const others = Object.values(rest).reduce((sum, count) => sum + count, 0)
    return [
      moreThan('10 % loss: packets lost', lost, 3),
      exactly('10 % loss: undelivered', left, 0),
      atMost('10 % loss: failed attempts', others, 2),
      within('seconds for a batch once nothing is lost', seconds, 5),
    ]
  })
  await proxy.close()
  return [...checks, ...found]

  function lossy(side: string): string {
    return `tcp ${side} ${proxy.port} numgen random mod 10 0 counter drop`
  }
})

function nft(rules: string): string {
  const { status, stdout, stderr } = spawnSync('nft', [rules], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`nft ${rules}: ${stderr}`)
  return stdout
}
