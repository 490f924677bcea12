#include "drivers/lsl/metadata.hpp"

#include <optional>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "engine/core/error.hpp"
#include "engine/formats/cells.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::lsl {
namespace {

using formats::clean_text;

/// Walks without recursion, and stops where it is too deep.
struct DepthGauge final : pugi::xml_tree_walker {
    bool too_deep = false;
    bool for_each(pugi::xml_node&) override {
        too_deep = depth() >= kXmlDepthMax;
        return !too_deep;
    }
};

/// A rate of 0 says that samples come when they come; one that is no number says nothing.
void check_rate(std::string_view text) {
    const std::optional<double> hz = formats::cell_number(formats::trimmed(text));
    if (hz && *hz >= 0.0 && *hz <= kRateHzMax) return;
    throw input_error(fmt::format("has a rate of '{}' Hz; from 0 to {:g} is taken", clean_text(text, 32), kRateHzMax));
}

std::size_t count(const pugi::xml_node& parent, const char* name) {
    std::size_t n = 0;
    for (pugi::xml_node child = parent.child(name); child; child = child.next_sibling(name)) ++n;
    return n;
}

}  // namespace

std::string Metadata::identity() const {
    return fmt::format("lsl:{}@{}", source_id.empty() ? stream.name : source_id, host);
}

Metadata read_metadata(std::string_view xml) {
    if (xml.size() > kXmlBytesMax) throw input_error(fmt::format("has a description of {} bytes; {} are read", xml.size(), kXmlBytesMax));
    if (xml.find("<!DOCTYPE") != std::string_view::npos || xml.find("<!ENTITY") != std::string_view::npos) {
        throw input_error("has a description that defines entities, which no sender needs");
    }
    pugi::xml_document document;
    // The encoding is not guessed: LSL is UTF-8.
    if (const auto result = document.load_buffer(xml.data(), xml.size(), pugi::parse_default, pugi::encoding_utf8); !result) {
        throw input_error(fmt::format("has a description that is no XML from byte {} on ({})", result.offset, result.description()));
    }
    DepthGauge gauge;
    document.traverse(gauge);
    if (gauge.too_deep) throw input_error(fmt::format("has a description nested deeper than {}", kXmlDepthMax));

    const pugi::xml_node info = document.child("info");
    check_rate(info.child_value("nominal_srate"));
    Metadata found;
    found.stream = formats::read_xdf_stream(0, xml, found.notes);
    found.source_id = clean_text(info.child_value("source_id"), formats::limits::kLabelBytes);
    found.host = clean_text(info.child_value("hostname"), formats::limits::kLabelBytes);
    const std::size_t n = found.stream.channels.size();
    if (n > kChannelsMax) throw input_error(fmt::format("has {} channels; {} are taken", n, kChannelsMax));
    const std::size_t n_described = count(info.child("desc").child("channels"), "channel");
    if (n_described != 0 && n_described != n) {
        // Which of them is missing cannot be told, and a wrong label is worse than none.
        found.notes.push_back(fmt::format("describes {} channels and sends {}: its labels and units are not used", n_described, n));
        found.stream.channels.assign(n, {});
    }
    return found;
}

}  // namespace tonus::lsl
