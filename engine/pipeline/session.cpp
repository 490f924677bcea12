#include "engine/pipeline/session.hpp"

#include <cctype>

#include <fmt/format.h>

#include "engine/activation/site.hpp"
#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr std::string_view kMarker = "# written by tonus calibrate";

/// "MF_L" is the left multifidus; a label that is no site stays what it is.
void read_label(SessionChannel& channel, const std::string& label) {
    const std::size_t underscore = label.rfind('_');
    std::string site = label;
    if (underscore != std::string::npos) {
        const std::string side = label.substr(underscore + 1);
        if (side == "L" || side == "R") {
            channel.side = side;
            site = label.substr(0, underscore);
        }
    }
    if (const std::optional<Site> known = find_site(site)) {
        channel.site = known->id;
        channel.muscle = known->muscle_class;
    }
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string reference_text(const SessionChannel& channel, const MvcReference& r, std::string_view path) {
    std::string text = fmt::format(
        "[[reference]]\n"
        "channel = {}\npath = \"{}\"\nmethod = \"{}\"\n"
        "rest_uv = {:.4f}\nmvc_uv = {:.4f}\nbias = {:.4f}\nwindow_s = {:.2f}\n"
        "trials = {}\nrepeatability = {:.4f}\nbandwidth_hz = {:.1f}\n",
        quoted(channel.name), path, r.method == ReferenceMethod::rve ? "rve" : "mvc", r.rest_uv, r.mvc_uv,
        r.bias, r.window_s, r.trials, r.repeatability, r.bandwidth_hz);
    if (!r.device.empty()) text += fmt::format("device = {}\n", quoted(r.device));
    if (!r.settings.empty()) text += fmt::format("settings = {}\n", quoted(r.settings));
    if (!r.made.empty()) text += fmt::format("made = {}\n", r.made);
    return text;
}

std::string channels_text(const Session& session) {
    std::string text;
    for (const SessionChannel& channel : session.channels) {
        text += fmt::format("[[channel]]\nname = {}\nsource = {}\ninput = {}\nsite = {}\n", quoted(channel.name),
                            channel.source, channel.input, quoted(channel.site));
        if (!channel.side.empty()) text += fmt::format("side = {}\n", quoted(channel.side));
        text += fmt::format("class = \"{}\"\n\n", muscle_class_letter(channel.muscle));
    }
    return text;
}

}  // namespace

Session default_session(std::span<const std::span<const StreamInfo>> devices) {
    Session session;
    for (std::size_t d = 0; d < devices.size(); ++d) {
        std::size_t n_inputs = 0;
        for (const StreamInfo& stream : devices[d]) {
            if (stream.kind != StreamKind::emg) continue;
            for (const ChannelInfo& info : stream.channels) {
                SessionChannel channel;
                channel.name = info.label;
                channel.source = d;
                channel.input = fmt::format("{}", ++n_inputs);
                for (char& c : channel.name) {
                    if (c == ',' || c == '"' || std::iscntrl(static_cast<unsigned char>(c))) c = ' ';
                }
                read_label(channel, info.label);
                session.channels.push_back(channel);
            }
        }
    }
    return session;
}

std::string session_text(const Session& session) {
    std::string text;
    for (const SessionSource& source : session.sources) {
        text += fmt::format("[[source]]\nurl = {}\n", quoted(source.url));
        if (source.delay_s > 0.0) text += fmt::format("delay_ms = {:.6g}\n", 1e3 * source.delay_s);
        text += '\n';
    }
    return text + channels_text(session);
}

std::string source_url(const SessionSource& source, const std::string& url) {
    std::string address = url.empty() ? source.url : url;
    const auto add = [&](const std::string& option) {
        address += address.find('?') == std::string::npos ? '?' : '&';
        address += option;
    };
    if (source.rate) add("rate=" + *source.rate);
    if (source.unit) add("unit=" + *source.unit);
    if (source.scale_uv) add(fmt::format("scale_uv={:.15g}", *source.scale_uv));
    return address;
}

std::string with_channels(const std::string& file_text, const Session& session) {
    std::string above = file_text.substr(0, file_text.find(kMarker));
    const std::string below = file_text.substr(above.size());
    if (!above.empty() && above.back() != '\n') above += '\n';
    return above + "\n" + channels_text(session) + below;
}

std::string with_references(const std::string& file_text, const Session& session) {
    const std::size_t marker = file_text.find(kMarker);
    std::string text = file_text.substr(0, marker);
    if (text.find("[[reference]]") != std::string::npos) {
        throw usage_error(fmt::format(
            "{}: there is a [[reference]] above the line '{}'; delete it, or move that line above it",
            session.path, kMarker));
    }
    if (!text.empty() && text.back() != '\n') text += '\n';
    text += fmt::format("{}: all below this line is replaced, all above it kept to the byte\n", kMarker);
    for (const SessionChannel& channel : session.channels) {
        if (channel.reference) text += reference_text(channel, *channel.reference, "A");
        if (channel.reference_template) text += reference_text(channel, *channel.reference_template, "B");
    }
    return text;
}

}  // namespace tonus
