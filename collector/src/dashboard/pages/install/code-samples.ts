/** Provides code with which a server sends an event, in the languages of common shop systems. */

export function serverSamples(origin: string, domain: string): { title: string; code: string }[] {
  const url = `${origin}/v1/events`
  return [
    {
      title: 'curl',
      code: `curl ${url} -H 'Authorization: Bearer KEY' -H 'Content-Type: application/json' -d '{
  "site": "${domain}",
  "events": [{ "event": "Purchase", "event_id": "Purchase.1001",
    "user": { "email": "jane@example.com", "ip": "198.51.100.7", "user_agent": "Mozilla/5.0 …" },
    "properties": { "value": 49.9, "currency": "USD", "order_id": "1001" } }]
}'`,
    },
    {
      title: 'Node',
      code: `const answer = await fetch('${url}', {
  method: 'POST',
  headers: { authorization: 'Bearer ' + process.env.TAGFERRY_KEY, 'content-type': 'application/json' },
  body: JSON.stringify({ site: '${domain}', events: [{
    event: 'Purchase', event_id: 'Purchase.' + order.id,
    user: { email: order.email, ip: order.ip, user_agent: order.userAgent, ttclid: order.ttclid },
    properties: { value: order.total, currency: order.currency, order_id: order.id } }] }),
})
if (answer.status !== 202) throw new Error('not stored: send it again')`,
    },
    {
      title: 'PHP',
      code: `$body = ['site' => '${domain}', 'events' => [[
  'event' => 'Purchase', 'event_id' => "Purchase.{$order->id}",
  'user' => ['email' => $order->email, 'ip' => $order->ip, 'user_agent' => $order->user_agent],
  'properties' => ['value' => $order->total, 'currency' => $order->currency, 'order_id' => $order->id]]]];
$request = curl_init('${url}');
curl_setopt_array($request, [CURLOPT_POST => true, CURLOPT_RETURNTRANSFER => true,
  CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . getenv('TAGFERRY_KEY'), 'Content-Type: application/json'],
  CURLOPT_POSTFIELDS => json_encode($body)]);
curl_exec($request);
if (curl_getinfo($request, CURLINFO_RESPONSE_CODE) !== 202) throw new Exception('not stored: send it again');`,
    },
  ]
}
