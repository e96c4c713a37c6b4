-- Looks after a page of the settled jobs of a tenant that are in one state, in the order of their registration: removes
-- what has been kept long enough, and puts back into the index of the expiry clock what is missing there, as of jobs that
-- completed before it was. A job that its provider is still asked about is left as it is, and due. Doing it twice does no
-- harm.
--
-- KEYS  1 state index   2 base of the job records   3 base of the timelines   4 base of the manifests
--       5 base of the pages of manifests   6 due index   7 completed jobs by when to look at their expiry
--       8 those that expire soon and wait for an acknowledgement   9 failing webhooks   10 disabled webhooks
-- ARGV  1 id after which to begin, as ZRANGEBYLEX takes it   2 id before which to end, likewise   3 length of the page
--       4 ms for which jobs are kept, '' for ever   5 timelines, likewise   6 manifests, likewise
--       7 ms before the expiry of a completed job at which to look at it for the first time
--       8 ms for which what names files is kept on until they expire, at most
-- Returns {last id that was looked at, '' at the end of the index, jobs removed, timelines, manifests}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local removed = { job = 0, polls = 0, manifest = 0 }
-- What expired longer ago than that is no news.
local newsMs = 86400000

local function unlink(base, id)
  return redis.call('UNLINK', base .. ':' .. id)
end

local function removeJob(id)
  redis.call('ZREM', KEYS[9], KEYS[2] .. ':' .. id)
  redis.call('SREM', KEYS[10], KEYS[2] .. ':' .. id)
  unlink(KEYS[2], id)
  unlink(KEYS[3], id)
  unlink(KEYS[4], id)
  unlink(KEYS[5], id)
  redis.call('ZREM', KEYS[1], id)
  redis.call('ZREM', KEYS[6], id)
  redis.call('ZREM', KEYS[7], id)
  redis.call('ZREM', KEYS[8], id)
  removed.job = removed.job + 1
end

local function removeManifest(id)
  unlink(KEYS[5], id)
  if unlink(KEYS[4], id) == 1 then
    redis.call('HSET', KEYS[2] .. ':' .. id, 'manifestRemovedAt', now)
    redis.call('HINCRBY', KEYS[2] .. ':' .. id, 'version', 1)
    removed.manifest = removed.manifest + 1
  end
end

local function hasAge(ageMs, retentionMs)
  return retentionMs ~= '' and ageMs >= tonumber(retentionMs)
end

local function putBack(id, expiresAt)
  if now < tonumber(expiresAt) + newsMs then
    redis.call('ZADD', KEYS[7], expiresAt - ARGV[7], id)
  else
    redis.call('HSET', KEYS[2] .. ':' .. id, 'expiryTold', expiresAt .. '-0')
    redis.call('HINCRBY', KEYS[2] .. ':' .. id, 'version', 1)
  end
end

local function tend(id)
  local job = redis.call('HMGET', KEYS[2] .. ':' .. id, 'state', 'settledAt', 'refreshedAt', 'refreshUntil',
    'deleteUntil', 'expiresAt', 'acknowledgedAt', 'deletedAtProviderAt', 'expiryTold')
  if not job[1] then
    return removeJob(id)
  end
  if job[4] or job[5] then
    -- A worker of an older version may have taken it for settled.
    redis.call('ZADD', KEYS[6], 'NX', now, id)
    return
  end
  if not job[2] then
    return
  end
  local ageMs = now - math.max(tonumber(job[2]), tonumber(job[3] or 0))
  local expiresAt = not job[8] and tonumber(job[6])
  local areFilesWanted = expiresAt and now < expiresAt and not job[7] and ageMs < tonumber(ARGV[8])
  if hasAge(ageMs, ARGV[4]) and not areFilesWanted then
    return removeJob(id)
  end
  if hasAge(ageMs, ARGV[5]) then
    removed.polls = removed.polls + unlink(KEYS[3], id)
  end
  if hasAge(ageMs, ARGV[6]) and not areFilesWanted then
    removeManifest(id)
  end
  if expiresAt and job[9] ~= job[6] .. '-0' and not redis.call('ZSCORE', KEYS[7], id) then
    putBack(id, job[6])
  end
end

local page = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(page) do
  tend(id)
end
local last = #page == tonumber(ARGV[3]) and page[#page] or ''
return { last, removed.job, removed.polls, removed.manifest }
