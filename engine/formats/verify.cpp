#include "engine/formats/verify.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/xdf_arrivals.hpp"
#include "engine/formats/xdf_index.hpp"

namespace tonus {

using formats::ByteRange, formats::ByteWindow, formats::Integrity, formats::IntegrityCount, formats::VouchedBytes, formats::XdfIndex, formats::XdfTrack;

namespace {

/// Frames of one stream in the file before a block, as its account has them.
std::uint64_t recorded_before(const Integrity& block, std::uint32_t id) noexcept {
    const IntegrityCount* const count = block.of(id);
    return count == nullptr ? 0 : count->recorded - std::min(count->recorded, count->count);
}

/// Follows the accounts from proved block to proved block.
struct Accounts {
    std::vector<std::uint32_t> ids = {};
    Integrity last = {};
    Verification* report;

    bool operator()(const Integrity& block, ByteRange unproved) {
        if (ids.empty()) {
            for (const IntegrityCount& count : block.streams) ids.push_back(count.id);
        }
        if (unproved.size() > 0) {
            Verification::Damage damage{.bytes = unproved, .n_frames = {}, .at_end = false};
            for (const std::uint32_t id : ids) {
                const IntegrityCount* const before = last.of(id);
                const std::uint64_t n_known = before == nullptr ? 0 : before->recorded, n_now = recorded_before(block, id);
                damage.n_frames.push_back(last.streams.empty() ? 0 : n_now - std::min(n_now, n_known));
            }
            report->damages.push_back(std::move(damage));
        }
        last = block;
        return true;
    }
};

const XdfTrack* track_of(const XdfIndex& index, std::uint32_t id) {
    const auto found = std::find_if(index.tracks.begin(), index.tracks.end(), [&](const XdfTrack& track) { return track.stream.id == id; });
    return found == index.tracks.end() ? nullptr : &*found;
}

std::uint64_t n_found(const XdfIndex& index, const XdfTrack* track) {
    if (track == nullptr) return 0;
    if (track->stream.name != formats::arrivals_stream().name) return track->n_frames;
    return std::accumulate(index.arrivals.begin(), index.arrivals.end(), std::uint64_t{0}, [](std::uint64_t n, const formats::XdfRun& run) { return n + run.n_frames; });
}

/// The newest moment that the reads of the file tell of.
double newest_arrival_s(InputFile& file, const XdfIndex& index) {
    if (index.arrivals.empty()) return 0.0;
    std::int64_t newest_ns = 0;
    const std::deque<formats::XdfRun> last{index.arrivals.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(index.arrivals.size(), 32)), index.arrivals.end()};
    formats::ArrivalRows rows{file, last};
    while (const auto row = rows.next()) newest_ns = std::max(newest_ns, row->arrival_ns);
    return static_cast<double>(newest_ns) * 1e-9;
}

}  // namespace

std::uint64_t Verification::Stream::n_lost() const noexcept { return std::accumulate(lost.begin(), lost.end(), std::uint64_t{0}); }

bool Verification::whole() const noexcept {
    return closed && damages.empty() && std::all_of(streams.begin(), streams.end(), [](const Stream& stream) { return stream.adds_up(); });
}

Verification verify_recording(Files& files, const std::string& path) {
    std::unique_ptr<InputFile> file = files.open(path);
    Verification report{.n_bytes = file->size()};
    Accounts accounts{.report = &report};
    const VouchedBytes vouched = formats::vouched_bytes(*file, [&](const Integrity& block, ByteRange unproved) { return accounts(block, unproved); });
    if (vouched.n_blocks == 0) {
        throw input_error(fmt::format("{}: holds no proofs: it is not of Tonus, or was cut before the first; tonus inspect shows what is in it", path));
    }
    for (const ByteRange& range : vouched.good) report.n_bytes_proved += range.size();
    report.n_blocks = vouched.n_blocks;
    report.closed = vouched.last->closed;
    if (const ByteRange* const tail = vouched.unvouched.empty() ? nullptr : &vouched.unvouched.back(); tail != nullptr && tail->end == report.n_bytes) {
        report.damages.push_back({.bytes = *tail, .n_frames = std::vector<std::uint64_t>(accounts.ids.size()), .at_end = true});
    }

    const std::unique_ptr<InputFile> proved = formats::only_vouched(std::move(file), vouched);
    ByteWindow bytes{*proved};
    const XdfIndex index = formats::read_xdf_index(bytes);
    report.until_s = newest_arrival_s(*proved, index);
    for (std::size_t s = 0; s < accounts.ids.size(); ++s) {
        const std::uint32_t id = accounts.ids[s];
        const XdfTrack* const track = track_of(index, id);
        const IntegrityCount first = *vouched.first->of(id);
        const IntegrityCount last = vouched.last->of(id) == nullptr ? first : *vouched.last->of(id);
        // A file that another ended before goes on with its numbers.
        const std::uint64_t begin = first.count > 0 ? first.first : first.emitted;
        Verification::Stream stream{.name = track == nullptr ? fmt::format("stream {}", id) : track->stream.name, .n_found = n_found(index, track),
                                    .n_emitted = last.emitted - begin, .n_ignored = last.ignored - first.ignored};
        for (std::size_t c = 0; c < kGapCauses; ++c) stream.lost[c] = last.lost[c] - first.lost[c];
        for (const Verification::Damage& damage : report.damages) stream.n_unproved += damage.n_frames[s];
        report.streams.push_back(std::move(stream));
    }
    return report;
}

}  // namespace tonus
