/** Where a real Redis keeps the clock that its scripts read here; epoch ms. */
export const clockKey = 'simulated:now';

/** Redis's clock, as a script reads it, in simulated time. */
const simulatedTime = `(function() local now = redis.call('GET', '${clockKey}')
  return { math.floor(now / 1000), now % 1000 * 1000 } end)()`;

/** What XADD makes of \`*\`, by that clock: ids never fall. */
const simulatedId = `
local function simulatedId(stream)
  local now, last, sequence = tonumber(redis.call('GET', '${clockKey}')), 0, 0
  if redis.call('EXISTS', stream) == 1 then
    local info = redis.call('XINFO', 'STREAM', stream)
    for i = 1, #info, 2 do
      if info[i] == 'last-generated-id' then
        last, sequence = string.match(info[i + 1], '^(%d+)-(%d+)$')
      end
    end
  end
  if now > tonumber(last) then
    return string.format('%.0f-0', now)
  end
  return last .. '-' .. string.format('%.0f', sequence + 1)
end
`;

const timeCall = "redis.call('TIME')";
const appending = /redis\.call\('XADD', (\w+), ([^\n]*?)'\*'/g;

/** The script, but in a time of its own: nothing else of it is changed. */
export function inSimulatedTime(lua: string): string {
  const timed = lua.replaceAll(timeCall, () => simulatedTime);
  const appended = timed.replace(appending, "redis.call('XADD', $1, $2simulatedId($1)");
  if (/'XADD'.*'\*'/.test(appended))
    throw new Error('an entry of a stream would get its id by the host');
  return appended === timed ? timed : simulatedId + appended;
}
