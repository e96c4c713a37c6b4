-- Puts a webhook in the place of that of a job, enabled, or takes it away. The job may be settled.
-- Uses lib/open-webhooks.lua and lib/webhook-target.lua.
--
-- KEYS  1 record of the job   2 record of webhooks   3 event stream   4 failing webhooks   5 disabled webhooks
-- ARGV  1 tenant   2.. fields and values of the webhook, none where it is taken away
-- Returns {'amended'} | {'missing'}
if redis.call('HGET', KEYS[1], 'tenant') ~= ARGV[1] then
  return { 'missing' }
end
enableTarget(KEYS[1], KEYS[4], KEYS[5])
redis.call('HDEL', KEYS[1], 'webhookUrl', 'sealedWebhookUrl', 'sealedWebhookSecret', 'webhookTypes')
if ARGV[2] then
  redis.call('HSET', KEYS[1], unpack(ARGV, 2))
  openWebhooks(KEYS[2], KEYS[3])
end
redis.call('HINCRBY', KEYS[1], 'version', 1)
return { 'amended' }
