#include "tools/tonus/sources.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "drivers/file/read_options.hpp"
#include "engine/core/error.hpp"
#include "engine/formats/recorded_head.hpp"
#include "tools/tonus/terminal.hpp"

namespace tonus::cli {

std::string recording_url(const std::string& path_or_url) {
    const std::size_t colon = path_or_url.find(':');
    const std::string scheme = path_or_url.substr(0, colon);
    const std::span<const Driver* const> known = drivers();
    const bool is_url = colon != std::string::npos &&
                        std::any_of(known.begin(), known.end(),
                                    [&](const Driver* driver) { return driver->scheme == scheme; });
    if (is_url) return path_or_url;
    std::string url = "file:";
    for (const char c : path_or_url) {
        // These would begin the options of an address.
        if (c == '%') url += "%25";
        else if (c == '?') url += "%3F";
        else url += c;
    }
    return url;
}

namespace {

Sources open_with(const std::vector<std::string>& urls, const std::string& session_path, Session session) {
    Sources sources;
    sources.session = std::move(session);
    std::vector<SessionSource>& named = sources.session.sources;
    named.resize(std::max(named.size(), urls.size()));
    for (std::size_t i = 0; i < urls.size(); ++i) named[i].url = urls[i];

    for (const SessionSource& source : named) {
        if (source.url.empty()) {
            throw usage_error(session_path.empty()
                                  ? "no source: say --source sim: or another of `tonus drivers`"
                                  : session_path + ": a [[source]] has no url, and --source gives none");
        }
        sources.owned.push_back(open_source(source));
        sources.devices.push_back(sources.owned.back().get());
        sources.streams.push_back(sources.devices.back()->streams());
    }
    if (sources.devices.empty()) {
        throw usage_error("no source: say --source sim: or another of `tonus drivers`");
    }
    if (sources.session.channels.empty()) {
        Session montage = default_session(sources.streams);
        sources.session.channels = std::move(montage.channels);
    }
    return sources;
}

}  // namespace

std::unique_ptr<Device> open_source(const SessionSource& source) {
    if (source.csv) return open_mapped(SourceUrl{source_url(source)}, *source.csv);
    return open_device(source_url(source), system_ports(), &interrupted());
}

Sources open_sources(const std::vector<std::string>& urls, const std::string& session_path) {
    return open_with(urls, session_path, session_path.empty() ? Session{} : load_session(session_path));
}

Sources open_recordings(const std::vector<std::string>& paths_or_urls, const std::string& session_path) {
    std::vector<std::string> urls;
    std::optional<Session> session;
    if (!session_path.empty()) session = load_session(session_path);
    for (const std::string& path : paths_or_urls) {
        urls.push_back(recording_url(path));
        const SourceUrl url{urls.back()};
        if (url.scheme() != "file" || !system_files().exists(url.address())) continue;  // opening it says what is wrong
        const formats::XdfHead head = formats::recorded_head(system_files(), url.address());
        if (!session && !head.session.empty()) session = parse_session(head.session, url.address());
        if (head.n_devices < 2 || url.has("device")) continue;
        const std::string whole = urls.back();
        for (std::size_t d = 0; d < head.n_devices; ++d) {
            const std::string part = fmt::format("{}{}device={}", whole, whole.find('?') == std::string::npos ? "?" : "&", d);
            if (d == 0) urls.back() = part;
            else urls.push_back(part);
        }
    }
    return open_with(urls, session_path, session.value_or(Session{}));
}

void refuse_overwriting(const Sources& sources, const std::vector<std::string>& outputs, const std::string& folder) {
    std::vector<std::string> kept{sources.session.path};
    for (const SessionSource& source : sources.session.sources) {
        if (source.url.empty()) continue;
        const SourceUrl url{source.url};
        if (url.scheme() == "file") kept.push_back(url.address());
    }
    for (const std::string& output : outputs) {
        if (output.empty()) continue;
        for (const std::string& other : kept) {
            std::error_code ignored;  // one of them does not exist: then they are not the same
            if (output == other || std::filesystem::equivalent(output, other, ignored)) {
                throw usage_error(output + " would be overwritten, and it is an input or another output: name another file");
            }
        }
        kept.push_back(output);
    }
    for (const std::string& other : kept) {
        if (folder.empty() || other.empty()) continue;
        const std::filesystem::path parent = std::filesystem::path{other}.parent_path();
        std::error_code ignored;
        if (std::filesystem::equivalent(folder, parent.empty() ? "." : parent, ignored)) {
            throw usage_error(folder + " holds " + other + ", which the taps could overwrite: name a folder of their own");
        }
    }
}

}  // namespace tonus::cli
