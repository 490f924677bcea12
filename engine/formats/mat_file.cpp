#include "engine/formats/mat_file.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/inflate.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/memory_file.hpp"

namespace tonus::formats {
namespace {

constexpr std::uint64_t kHeadBytes = 128;
constexpr std::uint32_t kMatrix = 14;
constexpr std::uint32_t kCompressed = 15;
constexpr std::uint32_t kCharClass = 4;
constexpr std::uint32_t kFirstNumberClass = 6, kLastNumberClass = 15;
constexpr std::uint32_t kComplex = 0x800;
constexpr std::size_t kVariableHeadBytes = 1024;  // flags, sizes and name lie within
constexpr std::size_t kVariables = 4096;
constexpr std::uint64_t kTextBytes = std::uint64_t{1} << 20;

/// Bytes of one stored number; 0 for what is none.
std::size_t size_of_type(std::uint32_t type) noexcept {
    switch (type) {
        case 1:
        case 2:
        case 16: return 1;
        case 3:
        case 4:
        case 17: return 2;
        case 5:
        case 6:
        case 7: return 4;
        case 9:
        case 12:
        case 13: return 8;
        default: return 0;
    }
}

double value_at(const ByteView& view, std::size_t at, std::uint32_t type) noexcept {
    switch (type) {
        case 1: return static_cast<std::int8_t>(view.u8(at).value_or(0));
        case 2:
        case 16: return view.u8(at).value_or(0);
        case 3: return view.i16(at).value_or(0);
        case 4:
        case 17: return view.u16(at).value_or(0);
        case 5: return view.i32(at).value_or(0);
        case 6: return view.u32(at).value_or(0);
        case 7: return static_cast<double>(view.f32(at).value_or(0.0f));
        case 9: return view.f64(at).value_or(0.0);
        case 12: return static_cast<double>(view.i64(at).value_or(0));
        case 13: return static_cast<double>(view.u64(at).value_or(0));
        default: return 0.0;
    }
}

/// A tag and where its content and the next tag begin. Up to four bytes of content lie in the tag itself.
struct Element {
    std::uint32_t type = 0;
    std::uint32_t n_bytes = 0;
    std::size_t content = 0;
    std::size_t next = 0;
};

std::optional<Element> element_at(const ByteView& view, std::size_t at) {
    const auto type = view.u32(at), n_bytes = view.u32(at + 4);
    if (!type || !n_bytes) return std::nullopt;
    if (const std::uint32_t n_small = *type >> 16; n_small != 0) return Element{*type & 0xffff, std::min<std::uint32_t>(n_small, 4), at + 4, at + 8};
    return Element{*type, *n_bytes, at + 8, at + 8 + (std::size_t{*n_bytes} + 7) / 8 * 8};
}

}  // namespace

MatFile::MatFile(RecordingFile recording) : recording_(std::move(recording)) {
    ByteWindow bytes{*recording_.file};
    const std::string_view head = bytes.at(0, kHeadBytes).text();
    if (head.size() < kHeadBytes) throw input_error(fmt::format("{}: byte {}: the header is cut; save the file again", path(), head.size()));
    if (head.substr(126, 2) != "IM") throw input_error(fmt::format("{}: byte 126: the file was not written on a PC; save it again with -v7", path()));
    for (std::uint64_t at = kHeadBytes; at + 8 <= bytes.size();) {
        const ByteView tag = bytes.at(at, 8);
        const std::uint32_t type = tag.u32(0).value_or(0), n_bytes = tag.u32(4).value_or(0);
        if (n_bytes > bytes.size() - at - 8) {
            trouble_ = fmt::format("truncated: the variable at byte {} is cut; those before it were read", at);
            return;
        }
        if (type == kMatrix) take(*recording_.file, at + 8, n_bytes);
        if (type == kCompressed) take_compressed(at + 8, n_bytes);
        // A compressed variable is followed by the next at once, others at a multiple of eight bytes.
        at += 8 + (type == kCompressed ? n_bytes : (std::uint64_t{n_bytes} + 7) / 8 * 8);
    }
}

void MatFile::take_compressed(std::uint64_t at, std::uint64_t n_bytes) {
    std::vector<std::byte> plain = inflated(*recording_.file, at, n_bytes, limits::kInflatedBytes - n_inflated_);
    if (plain.empty()) {
        if (trouble_.empty()) trouble_ = fmt::format("damaged: the variable at byte {} cannot be inflated within {} MiB; it is left out (save it with -v6)", at, limits::kInflatedBytes >> 20);
        return;
    }
    n_inflated_ += plain.size();
    inflated_.push_back(std::make_unique<MemoryFile>(std::move(plain)));
    ByteWindow bytes{*inflated_.back()};
    const ByteView tag = bytes.at(0, 8);
    if (tag.u32(0) == kMatrix) take(*inflated_.back(), 8, std::min<std::uint64_t>(tag.u32(4).value_or(0), inflated_.back()->size() - 8));
}

/// Takes the matrix whose flags begin at `at`.
void MatFile::take(InputFile& bytes, std::uint64_t at, std::uint64_t n_bytes) {
    ByteWindow window{bytes};
    const ByteView head = window.at(at, static_cast<std::size_t>(std::min<std::uint64_t>(n_bytes, kVariableHeadBytes)));
    const auto flags = element_at(head, 0);
    const auto sizes = flags ? element_at(head, flags->next) : std::nullopt;
    const auto name = sizes ? element_at(head, sizes->next) : std::nullopt;
    const auto data = name ? element_at(head, name->next) : std::nullopt;
    if (!data || sizes->n_bytes != 8 || variables_.size() == kVariables) return;
    const std::uint32_t bits = head.u32(flags->content).value_or(0), kind = bits & 0xff;
    const bool is_number = kind >= kFirstNumberClass && kind <= kLastNumberClass;
    const std::int32_t n_rows = head.i32(sizes->content).value_or(-1), n_columns = head.i32(sizes->content + 4).value_or(-1);
    if ((kind != kCharClass && !is_number) || (bits & kComplex) != 0 || n_rows < 0 || n_columns < 0) return;
    MatVariable variable{.name = clean_text(head.text(name->content, name->n_bytes), limits::kLabelBytes), .is_text = kind == kCharClass,
                         .n_rows = static_cast<std::uint64_t>(n_rows), .n_columns = static_cast<std::uint64_t>(n_columns),
                         .type = data->type, .at = at + data->content, .bytes = &bytes};
    const std::uint64_t left = n_bytes - std::min<std::uint64_t>(n_bytes, data->content);
    const std::uint64_t n_there = std::min<std::uint64_t>(data->n_bytes, left);
    const std::size_t n_value = size_of_type(data->type);
    if (n_value == 0 || variable.n_values() > n_there / n_value) return;
    variables_.push_back(std::move(variable));
}

const MatVariable* MatFile::find(const std::string& name) const noexcept {
    const auto found = std::find_if(variables_.begin(), variables_.end(), [&](const MatVariable& v) { return v.name == name; });
    return found == variables_.end() ? nullptr : &*found;
}

void MatFile::values(const MatVariable& variable, std::uint64_t first, std::uint64_t n, std::vector<double>& into) const {
    const std::size_t n_value = size_of_type(variable.type), n_bytes = static_cast<std::size_t>(n) * n_value;
    std::vector<std::byte> bytes(n_bytes);
    if (variable.bytes->read_at(variable.at + first * n_value, bytes) != n_bytes) throw input_error("truncated: the file was shortened while it was read");
    const ByteView view{bytes};
    into.clear();
    for (std::size_t i = 0; i < n; ++i) into.push_back(value_at(view, i * n_value, variable.type));
}

std::optional<double> MatFile::scalar(const std::string& name) const {
    const MatVariable* const variable = find(name);
    if (variable == nullptr || variable->is_text || variable->n_values() != 1) return std::nullopt;
    std::vector<double> value;
    values(*variable, 0, 1, value);
    return value[0];
}

std::vector<std::string> MatFile::texts(const std::string& name) const {
    std::vector<std::string> rows;
    const MatVariable* const variable = find(name);
    // A text without columns may claim any number of rows.
    const std::uint64_t n_values = variable != nullptr && variable->is_text ? variable->n_values() : 0;
    if (n_values == 0 || n_values > kTextBytes) return rows;
    std::vector<double> characters;
    values(*variable, 0, n_values, characters);
    for (std::uint64_t row = 0; row < variable->n_rows; ++row) {
        std::string text;
        for (std::uint64_t column = 0; column < variable->n_columns; ++column) {
            const double c = characters[column * variable->n_rows + row];
            text += c >= 0.0 && c < 128.0 ? static_cast<char>(c) : '?';
        }
        rows.push_back(clean_text(text, limits::kLabelBytes));
    }
    return rows;
}

}  // namespace tonus::formats
