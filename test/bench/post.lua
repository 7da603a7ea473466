-- The load: alerts that cycle over `distinct` resources, each numbered; see docs/performance.md.
-- Arguments, as name=value: first, distinct, pad, hot, auth, close (1: a connection each time), signatures (a file, one header a request)
local first, distinct, hot = 0, 10000, 0
local pad, auth, signatures = "", "", nil
local sent = 0

local function body(n)
  local resource = (hot > 0 and n % hot == 0) and "hot" or "web" .. (n % distinct)
  return string.format(
    '{"resource":"%s","event":"NodeDown","environment":"Production","severity":"%s","service":["Web"],"text":"node %d is down","group":"OS","origin":"bench/1","type":"exceptionAlert","tags":["a","b"],"attributes":{"region":"eu","ip":"10.0.0.1"},"value":"%d","rawData":"%s"}',
    resource, n % 2 == 0 and "critical" or "major", n, n, pad)
end

function init(args)
  local given = {}
  for _, arg in pairs(args) do
    local name, value = arg:match("^(%w+)=(.*)$")
    if name then given[name] = value end
  end
  first = tonumber(given.first or 0)
  distinct = tonumber(given.distinct or 10000)
  hot = tonumber(given.hot or 0)
  pad = string.rep("x", tonumber(given.pad or 150))
  auth = given.auth or ""
  if given.signatures then
    signatures = {}
    for line in io.lines(given.signatures) do signatures[#signatures + 1] = line end
  end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  if given.close then wrk.headers["Connection"] = "close" end
  if auth ~= "" then wrk.headers["Authorization"] = auth end
end

function request()
  sent = sent + 1
  local n = first + sent - 1
  if signatures then wrk.headers["Authorization"] = signatures[sent] end
  return wrk.format(nil, "/alert", nil, body(n))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'figures {"requests":%d,"durationUs":%d,"p50Us":%.0f,"p99Us":%.0f,"maxUs":%.0f,"status":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.status, errors.connect, errors.read, errors.write, errors.timeout))
end
