#include <fmt/format.h>

#include "engine/formats/convert.hpp"
#include "engine/sinks/events_file.hpp"
#include "tools/tonus/commands.hpp"
#include "tools/tonus/named_recording.hpp"
#include "tools/tonus/terminal.hpp"

namespace tonus::cli {
namespace {

std::string json_list(const std::vector<std::string>& texts) {
    std::string list;
    for (const std::string& text : texts) list += (list.empty() ? "" : ",") + json_string(text);
    return "[" + list + "]";
}

void print_report(const ConvertReport& report, bool json) {
    std::string streams;
    for (const formats::StreamContent& stream : report.content.streams) {
        if (json) {
            streams += fmt::format("{}{{\"name\":{},\"rate_hz\":{:.12g},\"channels\":{},\"frames\":{},\"gaps\":{}}}", streams.empty() ? "" : ",", json_string(stream.info.name),
                                   stream.info.rate.hz(), stream.info.channels.size(), stream.n_frames(), stream.holes.size());
        } else {
            fmt::print("{}: {} channels at {:.6g} Hz, {} frames, {} gaps\n", stream.info.name, stream.info.channels.size(), stream.info.rate.hz(), stream.n_frames(), stream.holes.size());
        }
    }
    if (json) {
        fmt::print("{{\"files\":{},\"streams\":[{}],\"annotations\":{},\"losses\":{},\"notes\":{},\"trouble\":{}}}\n", json_list(report.paths), streams,
                   report.content.annotations.size(), json_list(report.losses), json_list(report.notes), json_string(report.trouble));
        return;
    }
    if (!report.content.annotations.empty()) fmt::print("{} annotations\n", report.content.annotations.size());
    for (const std::string& note : report.notes) fmt::print("note: {}\n", note);
    for (const std::string& loss : report.losses) fmt::print("not held: {}\n", loss);
    for (const std::string& path : report.paths) fmt::print("wrote {}\n", path);
}

}  // namespace

int convert(const ConvertOptions& options) {
    const auto [path, how] = named_recording(options.in, options.session);
    const formats::Selection selection{options.streams, options.from_s, options.to_s};
    ConvertReport report;
    {
        ProgressBar bar{"converting", !options.voice.quiet && !options.voice.json};
        report = convert_recording(system_files(), path, options.out, how, selection, [&](double part) { bar.show(part); });
    }
    if (!options.voice.quiet) print_report(report, options.voice.json);
    if (report.trouble.empty()) return 0;
    fmt::print(stderr, "tonus: {}: {}\n", path, report.trouble);
    return 1;
}

}  // namespace tonus::cli
