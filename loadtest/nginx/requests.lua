-- For wrk, with one thread: the requests of clinics that know nothing of each other, at a fixed
-- rate.
--   wrk ... -s requests.lua URL -- checks|registrations CLINICS.CSV RATE
-- RATE a second at random times, whichever server answers and however fast, as long as connections
-- are free: whoever is ready takes the next time. Ids are synthetic: births of
-- the 1800s. Every request is for a person of its own, with a key of its own.

local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long seconds, nanoseconds; } moment;
    int clock_gettime(int clock, moment* into);
]]

local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

local heads = {}
local registering
local rate
local due -- milliseconds: when the request that was planned last is to be sent
local made = 0

local weights = { 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5 }

local function national_id()
    local digits = string.format("%02d%02d%02d%s%05d", math.random(0, 69), math.random(1, 12),
                                 math.random(1, 28), math.random(0, 1) * 9, math.random(0, 99999))
    local sum = 0
    for i = 1, 12 do
        sum = sum + weights[i] * (digits:byte(i) - 48)
    end
    return digits .. (11 - sum % 11) % 10
end

local function key()
    made = made + 1
    return string.format("%08x-%04x-4000-8000-%012x", math.random(0, 2 ^ 31 - 1), number, made)
end

function init(args)
    registering = args[1] == "registrations"
    rate = tonumber(args[3])
    math.randomseed(os.time() * 16 + number)
    local path = registering and "/v1/registrations" or "/v1/checks"
    for line in io.lines(args[2]) do
        local token = line:gsub("\r", ""):match(",([^,]+)$")
        if token and token ~= "token" then
            heads[#heads + 1] = "POST " .. path .. " HTTP/1.1\r\nHost: " .. wrk.host
                .. "\r\nAuthorization: Bearer " .. token
                .. "\r\nContent-Type: application/json\r\nContent-Length: "
        end
    end
end

local moment = ffi.new("moment")

local function now_ms()
    ffi.C.clock_gettime(1, moment) -- CLOCK_MONOTONIC
    return tonumber(moment.seconds) * 1000 + tonumber(moment.nanoseconds) / 1e6
end

function delay()
    local now = now_ms()
    due = math.max(due or now, now - 100) - math.log(1 - math.random()) * 1000 / rate
    return math.max(0, math.floor(due - now + 0.5))
end

function request()
    local body = '{"national_id":"' .. national_id() .. '"'
    body = body .. (registering and ',"name":"가상인"}' or "}")
    local head = heads[math.random(#heads)] .. #body
    if registering then
        head = head .. "\r\nIdempotency-Key: " .. key()
    end
    return head .. "\r\n\r\n" .. body
end
