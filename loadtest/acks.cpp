#include "loadtest/acks.hpp"

#include "loadtest/synthetic_person.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

constexpr std::size_t written_at_once = 256 * 1024;

constexpr std::size_t occurred_at_length = std::string_view("2026-01-31T09:00:00+09:00").size();

// What may stand between two commas of a line.
bool is_plain(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 100 &&
           std::all_of(text.begin(), text.end(),
                       [](char ch) { return ch > ' ' && ch <= '~' && ch != ',' && ch != '"'; });
}

template <class Number>
bool read_number(std::string_view text, Number& to) noexcept {
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), to);
    return ec == std::errc{} && end == text.data() + text.size();
}

std::optional<std::string> text_member(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_string() || !is_plain(value->get_string())) {
        return std::nullopt;
    }
    return std::string(value->get_string());
}

}  // namespace

std::optional<acknowledgement> read_acknowledgement(std::string_view body) {
    std::array<unsigned char, 2'048> memory;
    json::monotonic_resource resource(memory.data(), memory.size());
    boost::system::error_code ec;
    const json::value parsed = json::parse(body, ec, &resource);
    const json::object* object = ec ? nullptr : parsed.if_object();
    return object == nullptr ? std::nullopt : read_acknowledgement(*object);
}

std::optional<acknowledgement> read_acknowledgement(const json::object& told) {
    auto id = text_member(told, "id");
    auto receipt = text_member(told, "receipt");
    const json::value* seq = told.if_contains("seq");
    if (!id || !receipt || seq == nullptr) {
        return std::nullopt;
    }
    boost::system::error_code ec;
    const std::uint64_t number = seq->to_number<std::uint64_t>(ec);
    if (ec || number == 0) {
        return std::nullopt;
    }
    return acknowledgement{std::move(*id), std::move(*receipt), number};
}

std::string format_ack_line(const ack_line& line) {
    std::string text = std::to_string(line.clinic);
    text.append(",").append(line.clinic_code).append(",").append(line.key).append(",");
    text.append(std::to_string(line.person)).append(",").append(line.given.id).append(",");
    text.append(line.given.receipt).append(",").append(std::to_string(line.given.seq));
    if (!line.occurred_at.empty()) {
        text.append(",").append(line.occurred_at);
    }
    return text.append("\n");
}

std::optional<ack_line> parse_ack_line(std::string_view line) {
    std::array<std::string_view, 8> fields;
    const auto commas = static_cast<std::size_t>(std::count(line.begin(), line.end(), ','));
    if (commas + 2 < fields.size() || commas + 1 > fields.size()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i <= commas; ++i) {
        const std::size_t comma = line.find(',');
        fields[i] = line.substr(0, comma);
        if (!is_plain(fields[i])) {
            return std::nullopt;
        }
        line.remove_prefix(i == commas ? line.size() : comma + 1);
    }
    ack_line read;
    if (!read_number(fields[0], read.clinic) || !read_number(fields[3], read.person) ||
        !read_number(fields[6], read.given.seq) || read.person >= all_people ||
        (commas + 1 == fields.size() && fields[7].size() != occurred_at_length)) {
        return std::nullopt;
    }
    read.clinic_code = fields[1];
    read.key = fields[2];
    read.given.id = fields[4];
    read.given.receipt = fields[5];
    read.occurred_at = fields[7];
    return read;
}

ack_writer::ack_writer(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) {
        throw std::runtime_error("cannot write " + file.string() + ": " + std::strerror(errno));
    }
}

ack_writer::~ack_writer() { ::close(descriptor_); }

bool ack_writer::append(const ack_line& line) noexcept {
    const std::string text = format_ack_line(line);
    ssize_t written = 0;
    do {
        written = ::write(descriptor_, text.data(), text.size());
    } while (written < 0 && errno == EINTR);
    // The disk that the server syncs may be this one: a little at a time, and not what half a
    // minute has brought. Whether it succeeds matters to nobody.
    // relaxed: who of two threads begins it is all the same.
    if (unwritten_.fetch_add(text.size(), std::memory_order_relaxed) > written_at_once) {
        unwritten_.store(0, std::memory_order_relaxed);
        ::sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);
    }
    return written == static_cast<ssize_t>(text.size());
}

ack_reader::ack_reader(const std::filesystem::path& file, std::uintmax_t from) {
    errno = 0;
    file_.open(file);
    if (!file_.is_open()) {
        throw std::runtime_error("cannot read " + file.string() + ": " + std::strerror(errno));
    }
    file_.seekg(static_cast<std::streamoff>(from));
}

std::optional<ack_line> ack_reader::next() {
    const std::lock_guard lock(mutex_);
    std::string line;
    while (std::getline(file_, line) && !file_.eof()) {
        if (auto parsed = parse_ack_line(line)) {
            return parsed;
        }
        // relaxed: a count that orders nothing.
        unreadable_.fetch_add(1, std::memory_order_relaxed);
    }
    return std::nullopt;
}

}  // namespace doseline::loadtest
