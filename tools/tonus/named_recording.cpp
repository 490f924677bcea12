#include "tools/tonus/named_recording.hpp"

#include "drivers/file/read_options.hpp"
#include "engine/pipeline/session.hpp"
#include "tools/tonus/sources.hpp"

namespace tonus::cli {

NamedRecording named_recording(const std::string& name, const std::string& session_path) {
    if (session_path.empty() && name.compare(0, 5, "file:") != 0) return {name};
    SessionSource source;
    if (!session_path.empty()) {
        const Session session = load_session(session_path);
        if (!session.sources.empty()) source = session.sources[0];
    }
    const SourceUrl url{source_url(source, recording_url(name))};
    NamedRecording named{url.address(), read_options_of(url)};
    named.options.csv = source.csv;
    return named;
}

}  // namespace tonus::cli
