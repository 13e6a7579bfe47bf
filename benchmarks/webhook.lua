-- Each request is one event of Stripe's, signed before: a line of the file that is given, no line twice.
local lines, count = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    local signature, body = line:match("^(%S+) (.+)$")
    lines[#lines + 1] = wrk.format("POST", "/webhooks/stripe", {
      ["Content-Type"] = "application/json", ["Stripe-Signature"] = signature,
    }, body)
  end
end
function request()
  count = count + 1
  return lines[count] or wrk.format("GET", "/the-file-was-too-short")
end
local bad = 0
function response(status) if status ~= 200 then bad = bad + 1; if bad < 3 then io.stderr:write("status " .. status .. "\n") end end end
