-- For wrk: each connection waits PACE ms before each request.
local pace = tonumber(os.getenv("PACE"))
delay = function() return pace end
