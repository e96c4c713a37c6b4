-- Compares the ids of stream entries, `<ms>-<sequence>`.
local function isBefore(a, b)
  local aMs, aSeq = string.match(a, '^(%d+)-(%d+)$')
  local bMs, bSeq = string.match(b, '^(%d+)-(%d+)$')
  if aMs == bMs then
    return tonumber(aSeq) < tonumber(bSeq)
  end
  return tonumber(aMs) < tonumber(bMs)
end
