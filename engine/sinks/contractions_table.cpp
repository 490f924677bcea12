#include "engine/sinks/contractions_table.hpp"

namespace tonus {

ContractionsTable::ContractionsTable(Files& files, const std::string& path, OnsetMethod method) : out_(files, path), method_(method) {
    out_.text("channel,onset_s,offset_s,onset_decided_s,offset_decided_s,detector\n");
}

void ContractionsTable::moment(Rate rate, const std::optional<std::uint64_t>& sample) {
    if (sample) out_.print(",{:.4f}", rate.time_s(*sample));
    else out_.text(",");
}

void ContractionsTable::add(const std::string& channel, Rate rate, const Contraction& contraction) {
    out_.text(channel);
    moment(rate, contraction.onset);
    moment(rate, contraction.offset);
    moment(rate, contraction.onset_decided);
    moment(rate, contraction.offset_decided);
    out_.print(",{}\n", onset_method_name(method_));
}

}  // namespace tonus
