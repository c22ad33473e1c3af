-- For wrk: alerts as Alertmanager takes them, BATCH a request, of DISTINCT problems, with the key KEY; paced where PACE says so.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("KEY")
local n, distinct, i, total = tonumber(os.getenv("BATCH")), tonumber(os.getenv("DISTINCT")), 0, 0
request = function()
  local t = {}
  for k = 1, n do
    i = i + 1
    t[k] = string.format('{"labels":{"alertname":"HighErrorRate","service":"svc%d","severity":"warning","instance":"10.0.0.%d:9090","env":"prod"},"annotations":{"summary":"Error rate is above 5%% on svc%d","description":"p99 error rate over 5m"},"generatorURL":"http://prom/graph?g0=%d"}', i % distinct, i % 250, i % distinct, i % distinct)
  end
  return wrk.format(nil, nil, nil, "[" .. table.concat(t, ",") .. "]")
end
done = function(summary) io.write("requests ", summary.requests, " failed ", summary.errors.status, "\n") end
if os.getenv("PACE") then dofile("tests/bench/paced.lua") end
