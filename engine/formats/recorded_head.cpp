#include "engine/formats/recorded_head.hpp"

#include "engine/formats/xdf_chunks.hpp"
#include "engine/formats/xdf_vouched.hpp"

namespace tonus::formats {

XdfHead recorded_head(Files& files, const std::string& path) {
    std::unique_ptr<InputFile> file = files.open(path);
    if (!has_integrity(*file)) return {};
    const VouchedBytes vouched = vouched_bytes(*file, [](const Integrity&, ByteRange) { return false; });
    const std::unique_ptr<InputFile> proved = only_vouched(std::move(file), vouched);
    ByteWindow bytes{*proved};
    XdfChunks chunks{bytes};
    const std::optional<XdfChunk> head = chunks.next();
    if (!head || head->tag != XdfTag::file_header || head->end - head->content > limits::kXmlBytes) return {};
    return read_xdf_head(bytes.at(head->content, static_cast<std::size_t>(head->end - head->content)).text());
}

}  // namespace tonus::formats
