#include "engine/formats/xdf_integrity.hpp"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <numeric>

#include <fmt/format.h>

#include "engine/core/crc32c.hpp"
#include "engine/formats/xdf_blocks.hpp"

namespace tonus::formats {
namespace {

// What append_xdf_text puts before a text: length and tag, stream, count, stamp, length of the text.
constexpr std::size_t kTextAt = 7 + 4 + 5 + 9 + 5;
constexpr std::string_view kBegin = "{\"tonus_integrity\":1,\"block\":";
constexpr std::string_view kSelf = ",\"self\":\"";
constexpr std::string_view kEnd = "\"}";
constexpr std::size_t kHexDigits = 8;
constexpr std::size_t kTextBytesMax = std::size_t{1} << 20;  // more than the accounts of all streams that are read
constexpr std::string_view kCopyBegin = "{\"tonus_first_block\":\"";

std::string hex(std::uint32_t value) { return fmt::format("{:08x}", value); }

std::uint32_t crc_of(std::string_view text) { return crc32c(std::as_bytes(std::span{text.data(), text.size()})); }

/// Takes a text apart that must be exactly as it was written here.
class Exact {
public:
    explicit Exact(std::string_view text) : rest_(text) {}

    bool is(std::string_view expected) {
        if (rest_.substr(0, expected.size()) != expected) return false;
        rest_.remove_prefix(expected.size());
        return true;
    }
    template <std::integral T>
    bool number(std::string_view before, T& value, int base = 10) {
        if (!is(before)) return false;
        const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, base);
        if (code != std::errc{}) return false;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return true;
    }
    bool ended() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

bool read_count(Exact& text, IntegrityCount& count) {
    const bool head = text.number("{\"id\":", count.id) && text.number(",\"first\":", count.first) && text.number(",\"count\":", count.count) &&
                      text.number(",\"recorded\":", count.recorded) && text.number(",\"emitted\":", count.emitted);
    if (!head || !text.is(",\"lost\":{")) return false;
    for (std::size_t c = 0; c < kGapCauses; ++c) {
        // Piece by piece: an hour has some millions of these, and a string for each took a tenth of the opening.
        if (!text.is(c == 0 ? "\"" : ",\"") || !text.is(gap_cause_name(static_cast<GapCause>(c))) || !text.number("\":", count.lost[c])) return false;
    }
    return text.number("},\"ignored\":", count.ignored) && text.is("}");
}

std::optional<Integrity> parse(std::string_view json) {
    Exact text{json};
    Integrity read;
    const bool head = text.number(kBegin, read.block) && text.number(",\"from\":", read.from) && text.number(",\"bytes\":", read.n_bytes) &&
                      text.number(",\"crc32c\":\"", read.crc32c, 16) && text.number("\",\"wall_ns\":", read.wall_ns) &&
                      text.number(",\"monotonic_ns\":", read.monotonic_ns);
    if (!head) return std::nullopt;
    read.closed = text.is(",\"closed\":true");
    if (!read.closed && !text.is(",\"closed\":false")) return std::nullopt;
    if (!text.is(",\"streams\":[")) return std::nullopt;
    while (!text.is("]")) {
        if (!read.streams.empty() && !text.is(",")) return std::nullopt;
        if (!read_count(text, read.streams.emplace_back())) return std::nullopt;
    }
    std::uint32_t self = 0;
    if (!text.number(kSelf, self, 16) || !text.is(kEnd) || !text.ended()) return std::nullopt;
    return read;
}

}  // namespace

bool IntegrityCount::adds_up() const noexcept {
    return emitted == std::accumulate(lost.begin(), lost.end(), recorded);
}

const IntegrityCount* Integrity::of(std::uint32_t id) const noexcept {
    const auto found = std::find_if(streams.begin(), streams.end(), [&](const IntegrityCount& count) { return count.id == id; });
    return found == streams.end() ? nullptr : &*found;
}

void append_xdf_integrity(std::string& out, std::uint32_t id, double at_s, const Integrity& integrity) {
    std::string json = fmt::format("{}{},\"from\":{},\"bytes\":{},\"crc32c\":\"{}\",\"wall_ns\":{},\"monotonic_ns\":{},\"closed\":{},\"streams\":[",
                                   kBegin, integrity.block, integrity.from, integrity.n_bytes, hex(integrity.crc32c),
                                   integrity.wall_ns, integrity.monotonic_ns, integrity.closed);
    for (const IntegrityCount& count : integrity.streams) {
        json += fmt::format("{}{{\"id\":{},\"first\":{},\"count\":{},\"recorded\":{},\"emitted\":{},\"lost\":{{", json.back() == '[' ? "" : ",",
                            count.id, count.first, count.count, count.recorded, count.emitted);
        for (std::size_t c = 0; c < kGapCauses; ++c) {
            json += fmt::format("{}\"{}\":{}", c == 0 ? "" : ",", gap_cause_name(static_cast<GapCause>(c)), count.lost[c]);
        }
        json += fmt::format("}},\"ignored\":{}}}", count.ignored);
    }
    json += fmt::format("]{}{}{}", kSelf, hex(0), kEnd);

    const std::size_t begin = out.size();
    append_xdf_text(out, id, at_s, json);
    const std::size_t digits = out.size() - kEnd.size() - kHexDigits;
    out.replace(digits, kHexDigits, hex(crc_of(std::string_view{out}.substr(begin, digits - begin))));
}

std::optional<std::size_t> integrity_bytes(ByteView head) {
    const auto text_bytes = head.u32(kTextAt - 4);
    if (!text_bytes || *text_bytes > kTextBytesMax || head.text(kTextAt, kBegin.size()) != kBegin) return std::nullopt;
    return kTextAt + *text_bytes;
}

std::optional<IntegrityChunk> read_xdf_integrity(ByteView bytes) {
    const std::optional<std::size_t> n_bytes = integrity_bytes(bytes);
    if (!n_bytes) return std::nullopt;
    const std::string_view json = bytes.text(kTextAt, *n_bytes - kTextAt);
    if (json.size() < kHexDigits + kEnd.size()) return std::nullopt;
    const std::size_t n_before = kTextAt + json.size() - kHexDigits - kEnd.size();
    if (json.substr(json.size() - kHexDigits - kEnd.size(), kHexDigits) != hex(crc_of(bytes.text(0, n_before)))) return std::nullopt;
    std::optional<Integrity> read = parse(json);
    if (!read) return std::nullopt;
    return IntegrityChunk{std::move(*read), kTextAt + json.size()};
}

std::string first_block_copy(std::string_view first_block) {
    std::string text{kCopyBegin};
    for (const char c : first_block) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text.append(kEnd);
}

std::optional<std::string> first_block_of(std::string_view copy) {
    Exact text{copy};
    if (!text.is(kCopyBegin) || copy.size() < kCopyBegin.size() + kEnd.size() || copy.substr(copy.size() - kEnd.size()) != kEnd) return std::nullopt;
    const std::string_view digits = copy.substr(kCopyBegin.size(), copy.size() - kCopyBegin.size() - kEnd.size());
    std::string block;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        unsigned value = 0;
        const char* const end = digits.data() + i + 2;
        if (std::from_chars(digits.data() + i, end, value, 16).ptr != end) return std::nullopt;
        block.push_back(static_cast<char>(value));
    }
    return digits.size() % 2 == 0 ? std::optional{std::move(block)} : std::nullopt;
}

}  // namespace tonus::formats
