#include "engine/formats/c3d_parameters.hpp"

#include <bit>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::formats {
namespace {

constexpr std::size_t kBlockBytes = 512;
constexpr std::size_t kHeadBytes = 4;

}  // namespace

std::optional<std::uint16_t> c3d_word(const ByteView& bytes, std::size_t at, C3dProcessor processor) noexcept {
    const auto word = bytes.u16(at);
    if (!word || processor != C3dProcessor::mips) return word;
    return static_cast<std::uint16_t>(*word << 8 | *word >> 8);
}

std::optional<float> c3d_real(const ByteView& bytes, std::size_t at, C3dProcessor processor) noexcept {
    const auto first = c3d_word(bytes, at, processor), second = c3d_word(bytes, at + 2, processor);
    if (!first || !second) return std::nullopt;
    if (processor == C3dProcessor::intel) return std::bit_cast<float>(std::uint32_t{*second} << 16 | *first);
    const float value = std::bit_cast<float>(std::uint32_t{*first} << 16 | *second);
    if (processor == C3dProcessor::mips) return value;
    // A VAX has the halves of a Mips, and counts its exponents from two more; without one it is zero.
    return (*first & 0x7f80) == 0 ? 0.0f : value / 4.0f;
}

C3dParameters::C3dParameters(const RecordingFile& recording, std::uint8_t block) {
    const std::uint64_t at = (std::uint64_t{block} - 1) * kBlockBytes;
    bytes_.resize(limits::kC3dParameterBytes);
    bytes_.resize(block == 0 ? 0 : recording.file->read_at(at, bytes_));
    const auto processor = view().u8(3);
    if (!processor || *processor < 84 || *processor > 86) {
        throw input_error(fmt::format("{}: byte {}: there is no C3D parameter section; export the file again", recording.path, at + 3));
    }
    processor_ = static_cast<C3dProcessor>(*processor);
    read_entries();
}

/// Groups and parameters follow each other in any order; a group has a negative number, a parameter that
/// of its group.
void C3dParameters::read_entries() {
    std::map<int, std::string> groups;
    std::map<std::string, std::pair<int, Parameter>> found;
    for (std::size_t at = kHeadBytes;;) {
        const int n_name = std::abs(static_cast<std::int8_t>(view().u8(at).value_or(0)));
        const int group = static_cast<std::int8_t>(view().u8(at + 1).value_or(0));
        const std::size_t link = at + 2 + static_cast<std::size_t>(n_name);
        const auto to_next = c3d_word(view(), link, processor_);
        if (n_name == 0 || !to_next) break;
        const std::string name{view().text(at + 2, static_cast<std::size_t>(n_name))};
        if (group < 0) groups[-group] = name;
        else if (const std::optional<Parameter> parameter = parameter_at(link + 2)) found[fmt::format("{}:{}", group, name)] = {group, *parameter};
        if (*to_next == 0 || *to_next > 0x7fff) break;
        at = link + *to_next;
    }
    for (const auto& [key, entry] : found) {
        parameters_[fmt::format("{}{}", groups[entry.first], key.substr(key.find(':')))] = entry.second;
    }
}

std::optional<C3dParameters::Parameter> C3dParameters::parameter_at(std::size_t at) const {
    const auto type = view().u8(at), n_sizes = view().u8(at + 1);
    if (!type || !n_sizes) return std::nullopt;
    Parameter parameter{.type = static_cast<std::int8_t>(*type), .at = at + 2 + *n_sizes};
    for (std::size_t i = 0; i < *n_sizes; ++i) {
        parameter.sizes.push_back(view().u8(at + 2 + i).value_or(0));
        const auto n = checked_product(parameter.n_values, parameter.sizes.back());
        if (!n || *n > bytes_.size()) return std::nullopt;
        parameter.n_values = static_cast<std::size_t>(*n);
    }
    const auto n_bytes = parameter.n_values * static_cast<std::size_t>(std::abs(parameter.type));
    if (parameter.at > bytes_.size() || n_bytes > bytes_.size() - parameter.at) return std::nullopt;
    return parameter;
}

std::vector<double> C3dParameters::numbers(const std::string& name) const {
    std::vector<double> values;
    const auto found = parameters_.find(name);
    if (found == parameters_.end()) return values;
    const Parameter& parameter = found->second;
    for (std::size_t i = 0; i < parameter.n_values; ++i) {
        if (parameter.type == 1) values.push_back(view().u8(parameter.at + i).value_or(0));
        if (parameter.type == 2) values.push_back(static_cast<std::int16_t>(c3d_word(view(), parameter.at + 2 * i, processor_).value_or(0)));
        if (parameter.type == 4) values.push_back(static_cast<double>(c3d_real(view(), parameter.at + 4 * i, processor_).value_or(0.0f)));
    }
    return values;
}

std::optional<double> C3dParameters::number(const std::string& name) const {
    const std::vector<double> values = numbers(name);
    return values.empty() || !std::isfinite(values[0]) ? std::nullopt : std::optional{values[0]};
}

std::vector<std::string> C3dParameters::texts(const std::string& name) const {
    std::vector<std::string> texts;
    const auto found = parameters_.find(name);
    if (found == parameters_.end() || found->second.type != -1 || found->second.sizes.empty()) return texts;
    const Parameter& parameter = found->second;
    const std::size_t n_text = parameter.sizes[0];
    for (std::size_t i = 0; n_text > 0 && i < parameter.n_values / n_text; ++i) {
        texts.push_back(clean_text(view().text(parameter.at + i * n_text, n_text), limits::kLabelBytes));
    }
    return texts;
}

}  // namespace tonus::formats
