-- For wrk: the requests of clinics that know nothing of each other, at a fixed rate.
--   wrk ... -s requests.lua URL -- checks|registrations CLINICS.CSV MILLISECONDS
-- Each connection waits MILLISECONDS on average before each request. Ids are synthetic: births of
-- the 1800s. Every request is for a person of its own, with a key of its own.

local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

local heads = {}
local registering
local mean
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
    mean = tonumber(args[3])
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

function delay()
    return math.random(0, 2 * mean)
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
