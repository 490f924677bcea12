#include <cmath>
#include <filesystem>
#include <limits>
#include <mutex>

#include <fmt/format.h>

#include "drivers/driver/source_url.hpp"
#include "engine/core/error.hpp"
#include "engine/core/text_file.hpp"
#include "engine/core/thread_place.hpp"
#include "engine/formats/npy.hpp"
#include "engine/pipeline/run.hpp"
#include "engine/sinks/events_file.hpp"
#include "engine/sinks/text_writer.hpp"
#include "tools/tonus/batch_journal.hpp"
#include "tools/tonus/batch_row.hpp"
#include "tools/tonus/commands.hpp"
#include "tools/tonus/csv_text.hpp"
#include "tools/tonus/sources.hpp"
#include "tools/tonus/terminal.hpp"

namespace tonus::cli {
namespace {

namespace fs = std::filesystem;

/// One recording of the batch, and how much work it is.
struct Item {
    BatchKey key;
    std::string url;
    double weight = 1.0;  ///< bytes
};

/// Size and time of a recording; nothing is known of what is no file.
Item item_of(const std::string& name, const std::string& session) {
    Item item{.key = {name, session}, .url = recording_url(name)};
    const SourceUrl url{item.url};
    std::error_code missing;
    const std::uintmax_t n_bytes = url.scheme() == "file" ? fs::file_size(url.address(), missing) : 0;
    if (url.scheme() != "file" || missing) return item;
    const auto changed = fs::last_write_time(url.address(), missing).time_since_epoch().count();
    item.key.made_of = fmt::format("{} bytes of {}, {}", n_bytes, changed, session);
    item.weight = static_cast<double>(n_bytes) + 1.0;
    return item;
}

/// What beside the recordings decides the results: the program and the whole session file.
std::string session_key(const std::string& path) {
    std::uint64_t hash = 14'695'981'039'346'656'037u;  // FNV-1a
    for (const char c : path.empty() ? std::string{} : read_text(system_files(), path)) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
    }
    return fmt::format("session {:016x}, tonus {}", hash, TONUS_VERSION);
}

/// The recordings that are still to be done, handed out to whoever is free.
class Queue {
public:
    Queue(const std::vector<Item>& items, BatchJournal& journal, ProgressBar& bar) : items_(items), journal_(journal), bar_(bar) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (journal.has(items[i].key.recording)) continue;
            todo_.push_back(i);
            weight_all_ += items[i].weight;
        }
    }

    std::size_t n_to_do() const noexcept { return todo_.size(); }

    /// The next, nothing when there is none or the batch is interrupted.
    const Item* take() {
        const std::lock_guard lock{mutex_};
        if (next_ == todo_.size() || failure_ || interrupted().load(std::memory_order_relaxed)) return nullptr;
        return &items_[todo_[next_++]];
    }

    /// `part` more of an item is done.
    void progress(const Item& item, double part) {
        const std::lock_guard lock{mutex_};
        weight_done_ += part * item.weight;
        bar_.show(weight_done_ / weight_all_);
    }

    void finish(const Item& item, const BatchEntry& entry) noexcept {
        const std::lock_guard lock{mutex_};
        try {
            journal_.add(item.key, entry);
        } catch (...) {
            failure_ = std::current_exception();
        }
    }

    /// Throws what kept a result from being written down.
    void check() const {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    const std::vector<Item>& items_;
    BatchJournal& journal_;
    ProgressBar& bar_;
    std::mutex mutex_;
    std::vector<std::size_t> todo_;
    std::size_t next_ = 0;
    double weight_all_ = 0.0, weight_done_ = 0.0;
    std::exception_ptr failure_;
};

/// Does one recording after the other, each from its beginning to its end on this thread.
class BatchWorker final : public Worker {
public:
    BatchWorker(Queue& queue, const std::string& session) : queue_(queue), session_(session) {}

    std::string_view name() const noexcept override { return "tonus-batch"; }
    Doorbell& doorbell() noexcept override { return bell_; }
    Next step() noexcept override {
        const Item* item = queue_.take();
        if (item == nullptr) return Next::done;
        const BatchEntry entry = result_of(*item);
        if (!interrupted().load(std::memory_order_relaxed)) queue_.finish(*item, entry);
        return Next::again;
    }

private:
    BatchEntry result_of(const Item& item) {
        BatchEntry entry;
        double told = 0.0;
        try {
            Sources sources = open_recordings({item.url}, session_);
            Pipeline pipeline{sources.streams, sources.session};
            LevelSink levels;
            Sink* const sinks[] = {&levels};
            const auto progress = [&](double part) {
                queue_.progress(item, std::max(part, told) - told);
                told = std::max(part, told);
            };
            const RunSummary summary = run_offline(sources.devices, pipeline, sinks, progress, &interrupted());
            for (const RunSummary::Stream& stream : summary.streams) {
                if (!stream.trouble.empty()) entry.error = stream.trouble;
            }
            for (const BatchRow& row : levels.rows()) entry.rows.push_back(csv_cells(row));
        } catch (const std::exception& error) {
            entry.error = error.what();
        }
        queue_.progress(item, 1.0 - told);
        return entry;
    }

    Queue& queue_;
    const std::string& session_;
    Doorbell bell_;
};

/// The numbers of a row of the table. They come last, and hold no separators.
std::array<float, kBatchColumns.size()> numbers_of(const std::string& row) {
    std::array<float, kBatchColumns.size()> numbers;
    std::size_t end = row.size();
    for (std::size_t i = numbers.size(); i-- > 0;) {
        const std::size_t comma = row.rfind(',', end - 1);
        const std::string cell = row.substr(comma + 1, end - comma - 1);
        numbers[i] = cell.empty() ? std::numeric_limits<float>::quiet_NaN() : std::stof(cell);
        end = comma;
    }
    return numbers;
}

struct Count {
    std::size_t n_done = 0, n_failed = 0, n_left = 0;
};

/// Writes the tables, in the order of the recordings, from the journal.
Count write_tables(const std::vector<Item>& items, const BatchJournal& journal, const std::string& stem) {
    Files& files = system_files();
    TextWriter table{files, stem + ".csv"}, failed{files, stem + "_failed.csv"};
    NpyWriter array{files, stem + ".npy", kBatchColumns.size()};
    table.text("recording,muscle,class");
    for (const std::string_view column : kBatchColumns) table.print(",{}", column);
    table.text("\n");
    failed.text("recording,error\n");
    Count count;
    for (const Item& item : items) {
        if (!journal.has(item.key.recording)) {
            ++count.n_left;
            continue;
        }
        const BatchEntry entry = journal.read(item.key.recording);
        const std::string name = csv_text(item.key.recording);
        for (const std::string& row : entry.rows) {
            table.print("{},{}\n", name, row);
            array.write(numbers_of(row));
        }
        if (!entry.error.empty()) failed.print("{},{}\n", name, csv_text(entry.error));
        ++(entry.error.empty() ? count.n_done : count.n_failed);
    }
    table.close();
    failed.close();
    array.close();
    return count;
}

/// "out/summary" for a folder, "backs" for backs.csv.
std::string stem_of(const std::string& out) {
    const fs::path path{out};
    if (path.extension() == ".csv") return (path.parent_path() / path.stem()).string();
    system_files().make_folder(out);
    return (path / "summary").string();
}

void run_on_cores(Queue& queue, const std::string& session, std::size_t n_jobs) {
    std::vector<std::unique_ptr<BatchWorker>> owned;
    std::vector<Worker*> workers;
    for (std::size_t i = 0; i < std::min(n_jobs, queue.n_to_do()); ++i) {
        owned.push_back(std::make_unique<BatchWorker>(queue, session));
        workers.push_back(owned.back().get());
    }
    if (!workers.empty()) run_on_threads(workers);
    queue.check();
}

void say(const Count& count, std::size_t n_before, const std::string& stem, const Voice& voice) {
    if (voice.json) {
        fmt::print("{{\"done\":{},\"of_these_before\":{},\"failed\":{},\"left\":{},\"table\":{},\"array\":{},\"failures\":{}}}\n", count.n_done, n_before,
                   count.n_failed, count.n_left, json_string(stem + ".csv"), json_string(stem + ".npy"), json_string(stem + "_failed.csv"));
    } else if (!voice.quiet) {
        fmt::print("{} recordings done ({} of them before), {} failed, {} left; wrote {}.csv and .npy\n", count.n_done, n_before, count.n_failed, count.n_left, stem);
    }
    if (count.n_failed > 0) fmt::print(stderr, "tonus: {} of the recordings failed: {}_failed.csv says why\n", count.n_failed, stem);
    if (count.n_left > 0) fmt::print(stderr, "tonus: stopped; the same command goes on with the {} that are left\n", count.n_left);
}

}  // namespace

int batch(const BatchOptions& options) {
    if (!options.session.empty()) load_session(options.session);  // what is wrong with it is said once, and first
    const std::string session = session_key(options.session);
    std::vector<Item> items;
    for (const std::string& name : options.files) items.push_back(item_of(name, session));
    const std::string stem = stem_of(options.out);
    std::vector<BatchKey> keys;
    for (const Item& item : items) {
        if (SourceUrl{item.url}.address() == stem + ".csv") throw usage_error(stem + ".csv would be overwritten, and it is one of the recordings: name another --out");
        keys.push_back(item.key);
    }
    BatchJournal journal{system_files(), stem + "_journal.txt", keys};
    {
        ProgressBar bar{"batch", !options.voice.quiet && !options.voice.json};
        Queue queue{items, journal, bar};
        const std::size_t n_cores = usable_cpus().size();
        const std::size_t n_before = items.size() - queue.n_to_do();
        run_on_cores(queue, options.session, options.n_jobs.value_or(n_cores));
        const Count count = write_tables(items, journal, stem);
        say(count, n_before, stem, options.voice);
        return count.n_failed + count.n_left > 0 ? 1 : 0;
    }
}

}  // namespace tonus::cli
