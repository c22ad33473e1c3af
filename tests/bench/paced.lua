-- For wrk: each connection waits PACE ms before each request, on average: as long as all wait the same, they come in bursts.
local pace = tonumber(os.getenv("PACE"))
delay = function() return math.random(0, 2 * pace) end
