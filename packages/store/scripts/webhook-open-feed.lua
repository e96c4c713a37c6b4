-- Makes the consumer group of webhooks again where it got lost, at the point up to which all was read.
-- Uses lib/open-webhooks.lua.
--
-- KEYS  1 record of webhooks   2 event stream
-- Returns {'open'} | {'none'}; 'none' where no webhook has ever been made
if redis.call('HEXISTS', KEYS[1], 'from') == 0 then
  return { 'none' }
end
openWebhooks(KEYS[1], KEYS[2])
return { 'open' }
