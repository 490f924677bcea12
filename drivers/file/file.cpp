#include <array>
#include <cmath>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "drivers/file/read_options.hpp"
#include "engine/formats/recording_reader.hpp"

namespace tonus {
namespace {

constexpr std::array kOptions{
    DriverOption{"rate", "Hz", "frames per second of a file that does not say, also as 58/0.027"},
    DriverOption{"unit", "V mV uV nV", "of the numbers in a file that does not say"},
    DriverOption{"scale_uv", "uV per step", "of a file that holds counts"},
    DriverOption{"channels", "labels or numbers, all", "those to read, separated by commas"},
    DriverOption{"device", "number, all", "of a recording of several devices by Tonus, from 0"},
    DriverOption{"begin", "s, 0", "when it began, on the time of those it is replayed with"},
};

/// Stamps of a recording that began later than others.
class LaterSink final : public FrameSink {
public:
    LaterSink(FrameSink& sink, std::int64_t by_ns) : sink_(sink), by_ns_(by_ns) {}
    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        frames.arrival_ns += by_ns_;
        sink_.push(stream, first_index, frames);
    }

private:
    FrameSink& sink_;
    std::int64_t by_ns_;
};

/// A recording read as a device, as fast as it is asked.
class FileDevice final : public Device {
public:
    FileDevice(std::unique_ptr<RecordingReader> reader, std::string path, double begin_s) : reader_(std::move(reader)), path_(std::move(path)), begin_s_(begin_s) {}

    std::span<const StreamInfo> streams() const noexcept override { return reader_->streams(); }
    Pacing pacing() const noexcept override { return Pacing::stamped; }
    void start() override {}
    void stop() noexcept override {}
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds) noexcept override {
        LaterSink later{sink, std::llround(begin_s_ * 1e9)};
        const ReadStatus status = reader_->next(later) ? ReadStatus::frames : ReadStatus::ended;
        if (trouble_.empty() && !reader_->trouble().empty()) trouble_ = path_ + ": " + std::string{reader_->trouble()};
        const std::vector<RecordingNote>& notes = reader_->facts().annotations;
        while (markers_.size() < notes.size()) {
            markers_.push_back(notes[markers_.size()]);
            markers_.back().onset_s += begin_s_;
        }
        return status;
    }
    double progress() const noexcept override { return reader_->progress(); }
    std::string_view trouble() const noexcept override { return trouble_; }
    std::span<const RecordingNote> markers() const noexcept override { return markers_; }

private:
    std::unique_ptr<RecordingReader> reader_;
    std::string path_;
    std::string trouble_;  // with the file's name, because several may be played together
    double begin_s_;
    std::vector<RecordingNote> markers_;
};

std::vector<std::string> list_of(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(','));
        if (!part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(text.size(), part.size() + 1));
    }
    return parts;
}

std::unique_ptr<Device> open_as(const SourceUrl& url, ReadOptions options) {
    options.measured_only = true;
    return std::make_unique<FileDevice>(open_recording(system_files(), url.address(), options), url.address(), url.number("begin", 0.0, 0.0, 1e6));
}

std::unique_ptr<Device> open_file(const SourceUrl& url, Ports&) { return open_as(url, read_options_of(url)); }

std::vector<Found> probe_file(Ports&) { return {}; }

}  // namespace

ReadOptions read_options_of(const SourceUrl& url) {
    url.refuse_unknown(kOptions);
    if (url.address().empty()) {
        throw usage_error(url.text() + ": which file? write file:squat.edf");
    }
    ReadOptions options;
    if (url.has("rate")) {
        try {
            options.rate = parse_rate(url.text_option("rate", ""));
        } catch (const Error& error) {
            throw url.bad("rate", std::string{"is no rate: "} + error.what());
        }
    }
    if (url.has("unit")) options.unit = url.text_option("unit", "");
    if (url.has("scale_uv")) options.scale_uv = url.number("scale_uv", 1.0, -1e9, 1e9);
    options.channels = list_of(url.text_option("channels", ""));
    if (url.has("device")) {
        const double device = url.number("device", 0.0, 0.0, 1023.0);
        if (device != std::floor(device)) throw url.bad("device", "is no whole number; devices count from 0");
        options.device = static_cast<std::size_t>(device);
    }
    return options;
}

std::unique_ptr<Device> open_mapped(const SourceUrl& url, const CsvMap& csv) {
    if (url.scheme() != "file") throw usage_error(fmt::format("{}: [source.csv] says what a table in a file is; leave it out", url.text()));
    ReadOptions options = read_options_of(url);
    options.csv = csv;
    return open_as(url, std::move(options));
}

extern const Driver file_driver;
const Driver file_driver{
    .scheme = "file",
    .summary = "A recording: XDF, EDF, BDF, C3D, WFDB, Delsys, OTB+, MATLAB, NumPy, CSV and other text tables",
    .url_syntax = "file:PATH[?rate=1000&unit=mV]",
    .options = kOptions,
    .loss_detection = "record times, counters and time columns of the file",
    .clock = "the file's own rate",
    .units = "as the file says, or unit= and scale_uv=",
    .probe = &probe_file,
    .open = &open_file,
};

}  // namespace tonus
