#include "engine/core/sim_files.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "engine/core/file_error.hpp"

namespace tonus {
namespace {

/// One spelling per file: "./a//b/../c" is "a/c".
std::string resolved(const std::string& path) {
    std::string plain = std::filesystem::path{path}.lexically_normal().string();
    if (plain.size() > 1 && plain.back() == '/') plain.pop_back();
    return plain;
}

std::string parent_of(const std::string& path) {
    const std::string parent = std::filesystem::path{path}.parent_path().string();
    return parent.empty() ? "." : parent;
}

}  // namespace

class SimInputFile final : public InputFile {
public:
    SimInputFile(SimFiles& disk, std::string path, std::shared_ptr<SimFiles::Node> node)
        : disk_(disk), path_(std::move(path)), node_(std::move(node)), size_(node_->bytes.size()) {}

    std::uint64_t size() const noexcept override { return size_; }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) override {
        const int error_number = disk_.planned_error(SimFault::On::read, ++disk_.n_reads_);
        if (error_number != 0) throw cannot_read(path_, error_number);
        const std::vector<std::byte>& bytes = node_->bytes;
        if (offset >= bytes.size()) return 0;
        const std::size_t n = std::min<std::size_t>(into.size(), bytes.size() - offset);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), n, into.begin());
        return n;
    }

private:
    SimFiles& disk_;
    std::string path_;
    std::shared_ptr<SimFiles::Node> node_;
    std::uint64_t size_;
};

class SimOutputFile final : public OutputFile {
public:
    SimOutputFile(SimFiles& disk, std::shared_ptr<SimFiles::Node> node)
        : disk_(disk), node_(std::move(node)) {}
    ~SimOutputFile() override { node_->n_kept = 0; }

    WriteResult write(std::span<const std::byte> bytes) noexcept override {
        if (const int wrong = write_error(bytes.size())) return {wrong};
        node_->n_kept -= std::min<std::uint64_t>(node_->n_kept, bytes.size());
        node_->bytes.insert(node_->bytes.end(), bytes.begin(), bytes.end());
        return {};
    }

    WriteResult write_at(std::uint64_t offset, std::span<const std::byte> bytes) noexcept override {
        if (const int wrong = write_error(0)) return {wrong};
        const std::size_t size = node_->bytes.size();
        if (offset > size || bytes.size() > size - offset) return {EINVAL};
        std::copy(bytes.begin(), bytes.end(),
                  node_->bytes.begin() + static_cast<std::ptrdiff_t>(offset));
        return {};
    }

    WriteResult keep_room(std::uint64_t n_bytes) noexcept override {
        if (node_->final_error != 0) return {node_->final_error};
        if (!fits(n_bytes)) return {ENOSPC};
        node_->n_kept = std::max(node_->n_kept, n_bytes);
        return {};
    }

    WriteResult sync() noexcept override {
        if (node_->final_error != 0) return {node_->final_error};
        node_->final_error = disk_.planned_error(SimFault::On::sync, ++disk_.n_syncs_);
        if (node_->final_error != 0) return {node_->final_error};
        node_->durable = node_->bytes;
        for (const auto& [path, node] : disk_.names_) {
            if (node == node_) disk_.durable_names_[path] = node;
        }
        return {};
    }

private:
    int write_error(std::uint64_t n_more) noexcept {
        if (node_->final_error != 0) return node_->final_error;
        const int planned = disk_.planned_error(SimFault::On::write, ++disk_.n_writes_);
        if (planned != 0) return planned;
        return fits(n_more) ? 0 : ENOSPC;
    }

    bool fits(std::uint64_t n_more) const noexcept {
        if (n_more <= node_->n_kept) return true;
        const std::uint64_t used = disk_.used_bytes(), n_new = n_more - node_->n_kept;
        return used <= disk_.capacity_ && n_new <= disk_.capacity_ - used;
    }

    SimFiles& disk_;
    std::shared_ptr<SimFiles::Node> node_;
};

std::unique_ptr<InputFile> SimFiles::open(const std::string& path) {
    const std::string name = resolved(path);
    if (folders_.contains(name)) throw cannot_open(path, EISDIR);
    const auto found = names_.find(name);
    if (found == names_.end()) throw cannot_open(path, ENOENT);
    return std::make_unique<SimInputFile>(*this, path, found->second);
}

std::unique_ptr<OutputFile> SimFiles::create(const std::string& path, IfExists if_exists) {
    const std::string name = resolved(path);
    if (name.empty()) throw cannot_create(path, ENOENT);
    const auto found = names_.find(name);
    const bool taken = folders_.contains(name) || found != names_.end();
    if (taken && if_exists == IfExists::fail) throw cannot_create(path, EEXIST);
    if (folders_.contains(name)) throw cannot_create(path, EISDIR);
    if (const int wrong = missing_parent(name)) throw cannot_create(path, wrong);
    if (found == names_.end()) {
        const auto made = names_.emplace(name, std::make_shared<Node>()).first;
        return std::make_unique<SimOutputFile>(*this, made->second);
    }
    found->second->bytes.clear();
    return std::make_unique<SimOutputFile>(*this, found->second);
}

bool SimFiles::exists(const std::string& path) {
    const std::string name = resolved(path);
    return folders_.contains(name) || names_.contains(name);
}

std::vector<std::string> SimFiles::names_in(const std::string& folder) {
    const std::string wanted = resolved(folder);
    std::vector<std::string> names;
    for (const auto& [name, node] : names_) {
        if (parent_of(name) == wanted) names.push_back(name.substr(name.rfind('/') + 1));
    }
    std::sort(names.begin(), names.end());
    return names;
}

void SimFiles::make_folder(const std::string& path) {
    const std::string name = resolved(path);
    if (name.empty()) throw cannot_make_folder(path, EINVAL);
    std::vector<std::string> missing;
    for (std::string part = name; !folders_.contains(part); part = parent_of(part)) {
        if (names_.contains(part)) throw cannot_make_folder(path, part == name ? EEXIST : ENOTDIR);
        missing.push_back(part);
    }
    folders_.insert(missing.begin(), missing.end());
}

void SimFiles::rename(const std::string& from, const std::string& to) {
    const std::string old_name = resolved(from);
    const std::string new_name = resolved(to);
    const auto found = names_.find(old_name);
    if (found == names_.end()) throw cannot_rename(from, to, ENOENT);
    if (folders_.contains(new_name)) throw cannot_rename(from, to, EISDIR);
    if (const int wrong = missing_parent(new_name)) throw cannot_rename(from, to, wrong);
    const std::shared_ptr<Node> node = found->second;
    names_.erase(found);
    durable_names_.erase(old_name);
    // The new name is safe at once, as on the real disk; the bytes only if they were synced.
    names_[new_name] = node;
    durable_names_[new_name] = node;
}

void SimFiles::crash() {
    // A file open before the cut stays broken; one opened after it is a new node.
    for (const auto& [path, node] : names_) node->final_error = EIO;
    Names after;
    for (const auto& [path, node] : durable_names_) {
        node->final_error = EIO;
        auto survivor = std::make_shared<Node>();
        survivor->bytes = node->durable;
        survivor->durable = node->durable;
        after.emplace(path, std::move(survivor));
    }
    names_ = after;
    durable_names_ = std::move(after);
}

void SimFiles::put(const std::string& path, std::span<const std::byte> bytes) {
    auto node = std::make_shared<Node>();
    node->bytes.assign(bytes.begin(), bytes.end());
    node->durable = node->bytes;
    const std::string name = resolved(path);
    make_folder(parent_of(name));
    names_[name] = node;
    durable_names_[name] = node;
}

std::vector<std::byte> SimFiles::content(const std::string& path) const {
    const auto found = names_.find(resolved(path));
    if (found == names_.end()) throw cannot_open(path, ENOENT);
    return found->second->bytes;
}

std::uint64_t SimFiles::used_bytes() const noexcept {
    std::uint64_t used = 0;
    for (const auto& [path, node] : names_) used += node->bytes.size() + node->n_kept;
    return used;
}

int SimFiles::planned_error(SimFault::On on, std::uint64_t call) const noexcept {
    for (const SimFault& fault : faults_) {
        const bool hit = fault.from_then_on ? call >= fault.call : call == fault.call;
        if (fault.on == on && hit) return fault.error_number;
    }
    return 0;
}

int SimFiles::missing_parent(const std::string& path) const {
    const std::string parent = parent_of(path);
    if (names_.contains(parent)) return ENOTDIR;
    return folders_.contains(parent) ? 0 : ENOENT;
}

}  // namespace tonus
