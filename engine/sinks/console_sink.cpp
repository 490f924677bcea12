#include "engine/sinks/console_sink.hpp"

#include <utility>

#include <fmt/format.h>

namespace tonus {
namespace {

constexpr double kPictureS = 0.08;  // between two pictures: faster than that nobody reads

}  // namespace

ConsoleSink::ConsoleSink(ConsoleOptions options) : options_(std::move(options)), markers_(options_.markers) {
    state_.width = options_.width;
    state_.colour = options_.terminal;
}

void ConsoleSink::begin(const SessionInfo& session) {
    session_ = session;
    for (const std::string& note : session.notes) fmt::print(options_.out, "note: {}\n", note);
    if (options_.terminal) fmt::print(options_.out, "\x1b[?25l");  // no cursor over the bars
}

void ConsoleSink::row(const ResultRow& row) noexcept {
    kept_.keep(row);
    has_row_ = true;
    show_markers();
    if (options_.terminal || row.time_s < next_line_s_) return;
    next_line_s_ = row.time_s + options_.seconds_per_line - 0.5 * kPictureS;
    state_.age_s = 0.0;
    if (options_.recording) state_.recording = options_.recording();
    fmt::print(options_.out, "{}\n", console_line(kept_, state_));
    std::fflush(options_.out);
}

void ConsoleSink::show_markers() noexcept {
    markers_.hear(kept_.row);
    while (const std::optional<RecordingNote> note = markers_.next()) {
        state_.marker = fmt::format("marker at {:.3f} s: {}", note->onset_s, note->text);
        if (!options_.terminal) fmt::print(options_.out, "{}\n", state_.marker);
    }
}

void ConsoleSink::event(const Event& event) noexcept {
    if (event.kind == EventKind::load_raised) state_.over_since_s = event.time_s;
    if (event.kind == EventKind::gap) {
        state_.n_frames_lost += event.n_frames;
        ++state_.n_gaps;
    }
}

void ConsoleSink::idle(double age_s, std::uint64_t n_missed) noexcept {
    state_.age_s = age_s;
    state_.n_missed = n_missed;
    if (!has_row_) return;
    const bool stale = age_s > kStaleAgeS;
    if (options_.terminal) {
        if (stale || kept_.row.time_s - drawn_at_s_ >= kPictureS) draw();
    } else if (stale && !drawn_stale_) {
        fmt::print(options_.out, "{}\n", console_line(kept_, state_));
    }
    drawn_stale_ = stale;
}

void ConsoleSink::draw() noexcept {
    if (options_.recording) state_.recording = options_.recording();
    const std::string picture = console_picture(session_, kept_, state_);
    std::string out;
    if (lines_on_screen_ > 0) out = fmt::format("\x1b[{}A", lines_on_screen_);
    std::size_t begin = 0;
    lines_on_screen_ = 0;
    while (begin < picture.size()) {
        const std::size_t end = picture.find('\n', begin);
        out += picture.substr(begin, end - begin) + "\x1b[K\n";
        ++lines_on_screen_;
        begin = end + 1;
    }
    std::fwrite(out.data(), 1, out.size(), options_.out);
    std::fflush(options_.out);
    drawn_at_s_ = kept_.row.time_s;
}

void ConsoleSink::end(const RunSummary&) {
    if (options_.terminal) {
        if (has_row_) draw();
        fmt::print(options_.out, "\x1b[?25h");
    }
    std::fflush(options_.out);
}

}  // namespace tonus
