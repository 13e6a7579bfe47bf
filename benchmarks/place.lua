-- Each request is a new order: its own key, the next buyer, a lot at random (or the one hot lot).
local buyers, listings = {}, {}
local count, thread = 0, 0
local threads = 0
function setup(t) threads = threads + 1; t:set("id", threads) end
function init(args)
  local hot = args[2] == "hot"
  for line in io.lines(args[1]) do
    local kind, value, org = line:match("^(%a+) (%S+) ?(%S*)$")
    if kind == "buyer" then buyers[#buyers + 1] = { key = value, org = org } end
    if kind == "listing" and (not hot or #listings == 0) then listings[#listings + 1] = value end
  end
  math.randomseed(id * 7919 + os.time()); seed = math.random(1, 1e9)
end
function request()
  count = count + 1
  local buyer = buyers[count % #buyers + 1]
  local body = '{"lines":[{"listing_id":"' .. listings[math.random(#listings)] .. '","quantity":1}]}'
  return wrk.format("POST", "/v1/orders", {
    ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. buyer.key, ["X-Buyer"] = buyer.org,
    ["Idempotency-Key"] = id .. "-" .. seed .. "-" .. count,
  }, body)
end
local bad = 0
function response(status) if status ~= 201 then bad = bad + 1; if bad < 3 then io.stderr:write("status " .. status .. "\n") end end end
