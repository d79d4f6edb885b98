// SPDX-License-Identifier: MIT
#include "core/retrieval/index_writer.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>

#include "core/base/io/safe_file.h"
#include "core/base/io/safetensors.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"
#include "core/retrieval/graph.h"
#include "core/retrieval/part_file.h"

namespace switchyard::retrieval {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kFormat = 2;
constexpr std::size_t kToldSkips = 20;
constexpr std::uint64_t kLargestState = 1 << 20;
constexpr std::int64_t kRowsBetweenSaves = 200'000;  ///< of a graph: half a minute of work
constexpr std::int64_t kRowsBetweenTellings = 500;

fs::path beside(const fs::path& folder, const char* ending) {
    fs::path other = folder;
    other += ending;
    return other;
}

nlohmann::json readObject(const fs::path& file) {
    std::error_code failed;
    if (!fs::exists(file, failed)) return {};
    return nlohmann::json::parse(io::readText(file, kLargestState), nullptr, false);
}

/// Two builds of one index would write into the same files.
io::FileDescriptor lockPart(const fs::path& part) {
    io::FileDescriptor lock(::open((part / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!lock.valid()) throw Error(ExitCode::kIo, "The index folder can not be written", part.string());
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        throw Error(ExitCode::kUsage, "This index is being built by another program", part.string(),
                    "Wait for it, or end it");
    }
    return lock;
}

}  // namespace

SearchMethod searchMethodOf(const std::string& name) {
    if (name.empty() || name == "auto") return SearchMethod::kAuto;
    if (name == "exact") return SearchMethod::kExact;
    if (name == "graph") return SearchMethod::kGraph;
    throw Error(ExitCode::kUsage, "search must be auto, exact or graph, not " + name, "--search");
}

struct IndexWriter::Impl {
    fs::path folder, part;
    nlohmann::json key, skips = nlohmann::json::array();
    std::int64_t dim = 0, samples_done = 0, pictures = 0, captions = 0, skipped = 0;
    io::FileDescriptor lock;
    bool complete = false;
    std::unique_ptr<PartFile> images, texts, items, item_at, text_item;

    void open() {
        std::error_code failed;
        fs::create_directories(part, failed);
        if (failed) throw Error(ExitCode::kIo, "can not make the index folder: " + failed.message(), part.string());
        lock = lockPart(part);
        const nlohmann::json state = readObject(part / "state.json");
        const bool mine = state.is_object() && state.value("format", std::int64_t{0}) == kFormat &&
                          state.value("key", nlohmann::json()) == key;
        complete = mine && readObject(part / "index.json").is_object();
        if (complete) return;
        try {
            resume(mine ? state : nlohmann::json::object());
        } catch (const Error&) {
            if (!mine) throw;
            resume(nlohmann::json::object());  // files that do not fit their state: from the start
        }
    }

    void resume(const nlohmann::json& state) {
        if (state.empty()) {
            std::error_code failed;
            for (const auto& entry : fs::directory_iterator(part)) {
                if (entry.path().filename() != "lock") fs::remove_all(entry.path(), failed);
            }
        }
        samples_done = state.value("samples_done", std::int64_t{0});
        pictures = state.value("pictures", std::int64_t{0});
        captions = state.value("captions", std::int64_t{0});
        skipped = state.value("skipped", std::int64_t{0});
        skips = state.value("skips", nlohmann::json::array());
        const auto row = static_cast<std::uint64_t>(dim) * sizeof(float);
        const auto rows_of = static_cast<std::uint64_t>(pictures), texts_of = static_cast<std::uint64_t>(captions);
        images = std::make_unique<PartFile>(part / "images.f32", rows_of * row);
        texts = std::make_unique<PartFile>(part / "texts.f32", texts_of * row);
        items = std::make_unique<PartFile>(part / "items.jsonl", state.value("items_bytes", std::uint64_t{0}));
        item_at = std::make_unique<PartFile>(part / "item_at.i64", rows_of * sizeof(std::int64_t));
        text_item = std::make_unique<PartFile>(part / "text_item.i64", texts_of * sizeof(std::int64_t));
    }

    void commit() {
        for (auto* file : {&images, &texts, &items, &item_at, &text_item}) (*file)->sync();
        io::writeAtomically(part / "state.json", nlohmann::json{{"format", kFormat},
                                                                {"key", key},
                                                                {"samples_done", samples_done},
                                                                {"pictures", pictures},
                                                                {"captions", captions},
                                                                {"skipped", skipped},
                                                                {"skips", skips},
                                                                {"items_bytes", items->bytes()}}
                                                     .dump());
    }

    std::uint64_t writeVectors() {
        io::SafetensorsWriter out(part / "vectors.safetensors", {{"images", io::Dtype::kF32, {pictures, dim}},
                                                                 {"texts", io::Dtype::kF32, {captions, dim}},
                                                                 {"item_at", io::Dtype::kI64, {pictures}},
                                                                 {"text_item", io::Dtype::kI64, {captions}}});
        const auto copy = [&](const char* name, PartFile& from, std::uint64_t row) {
            if (from.bytes() == 0) out.write(name, nullptr, 0);
            from.readRows(0, row, [&](const std::uint8_t* data, std::uint64_t n) { out.writePart(name, data, n); });
        };
        const auto row = static_cast<std::uint64_t>(dim) * sizeof(float);
        copy("images", *images, row);
        copy("texts", *texts, row);
        copy("item_at", *item_at, sizeof(std::int64_t));
        copy("text_item", *text_item, sizeof(std::int64_t));
        return out.finish().bytes;
    }

    /// A graph of all rows of `from`, or of those that one saved before lacks.
    nlohmann::json writeGraph(const char* name, PartFile& from, std::int64_t rows, const auto& progress) {
        const fs::path file = part / name;
        std::unique_ptr<Graph> graph;
        std::error_code failed;
        try {
            if (fs::exists(file, failed)) graph = std::make_unique<Graph>(file, dim, rows);
        } catch (const Error&) {
            graph.reset();  // torn: from the start
        }
        if (!graph) graph = std::make_unique<Graph>(dim, rows);
        const auto row = static_cast<std::uint64_t>(dim) * sizeof(float);
        std::int64_t saved = graph->rows();
        const auto stopped = [&] { return progress && !progress(graph->rows(), rows, "graph"); };
        from.readRows(static_cast<std::uint64_t>(saved) * row, row, [&](const std::uint8_t* data, std::uint64_t bytes) {
            for (std::uint64_t at = 0; at < bytes; at += row) {
                graph->add(reinterpret_cast<const float*>(data + at));
                if (graph->rows() % kRowsBetweenTellings == 0 && stopped()) {
                    graph->save(file);
                    throw Error(ExitCode::kInterrupted, "cancelled");
                }
            }
            if (graph->rows() - saved < kRowsBetweenSaves || graph->rows() == rows) return;
            graph->save(file);
            saved = graph->rows();
        });
        graph->save(file);
        return {{"rows", rows}, {"bytes", fs::file_size(file)}, {"sha256", io::sha256File(file.string())}};
    }

    void putInPlace() {
        std::error_code failed;
        for (const char* name : {"images.f32", "texts.f32", "item_at.i64", "text_item.i64"}) fs::remove(part / name, failed);
        const fs::path old = beside(folder, ".old");
        fs::remove_all(old, failed);
        try {
            if (fs::exists(folder)) fs::rename(folder, old);
            fs::rename(part, folder);
        } catch (const fs::filesystem_error& error) {
            throw Error(ExitCode::kIo, std::string("can not put the index in place: ") + error.what(), folder.string());
        }
        // Only now: until the folder has its name, they say that all of it is there.
        for (const char* name : {"state.json", "lock"}) fs::remove(folder / name, failed);
        fs::remove_all(old, failed);
        io::syncPath(folder.parent_path());
    }
};

IndexWriter::IndexWriter(fs::path folder, nlohmann::json key, std::int64_t dim) : impl_(std::make_unique<Impl>()) {
    impl_->part = beside(folder, ".part");
    impl_->folder = std::move(folder);
    impl_->key = std::move(key);
    impl_->dim = dim;
    impl_->open();
}

IndexWriter::~IndexWriter() = default;

std::int64_t IndexWriter::samplesDone() const {
    return impl_->samples_done;
}
std::int64_t IndexWriter::pictures() const {
    return impl_->pictures;
}
bool IndexWriter::complete() const {
    return impl_->complete;
}

void IndexWriter::add(const Item& item, const float* picture, const float* texts) {
    Impl& my = *impl_;
    const auto row = static_cast<std::uint64_t>(my.dim) * sizeof(float);
    const auto at = static_cast<std::int64_t>(my.items->bytes());
    const std::string line =
        nlohmann::json{{"id", item.id}, {"image", item.image}, {"texts", item.texts}}.dump(
            -1, ' ', false, nlohmann::json::error_handler_t::replace) +
        "\n";
    my.items->append(line.data(), line.size());
    my.item_at->append(&at, sizeof at);
    my.images->append(picture, row);
    if (!item.texts.empty()) my.texts->append(texts, row * item.texts.size());
    for (std::size_t i = 0; i < item.texts.size(); ++i) my.text_item->append(&my.pictures, sizeof my.pictures);
    my.captions += static_cast<std::int64_t>(item.texts.size());
    ++my.pictures;
}

void IndexWriter::skip(const std::string& why) {
    ++impl_->skipped;
    if (impl_->skips.size() < kToldSkips) impl_->skips.push_back(why);
}

void IndexWriter::commit(std::int64_t samples_done) {
    impl_->samples_done = samples_done;
    impl_->commit();
}

nlohmann::json IndexWriter::build(SearchMethod method,
                                  const std::function<bool(std::int64_t, std::int64_t, const std::string&)>& progress) {
    Impl& my = *impl_;
    if (my.complete) {
        nlohmann::json info = readObject(my.part / "index.json");
        my.putInPlace();
        return info;
    }
    if (my.pictures == 0) {
        throw Error(ExitCode::kBadData, "None of the pictures can be read",
                    my.skips.empty() ? std::string() : my.skips.front().get<std::string>());
    }
    nlohmann::json info = my.key;
    info.update({{"format", kFormat},
                 {"index", my.folder.string()},
                 {"pictures", my.pictures},
                 {"captions", my.captions},
                 {"skipped", my.skipped},
                 {"skips", my.skips},
                 {"dim", my.dim}});
    const auto wanted = [&](std::int64_t rows) {
        return rows > 0 && (method == SearchMethod::kGraph || (method == SearchMethod::kAuto && rows > kMostExact));
    };
    nlohmann::json graphs = nlohmann::json::object();
    if (wanted(my.pictures)) graphs["images"] = my.writeGraph("images.hnsw", *my.images, my.pictures, progress);
    if (wanted(my.captions)) graphs["texts"] = my.writeGraph("texts.hnsw", *my.texts, my.captions, progress);
    info["graphs"] = graphs;
    info["search"] = graphs.empty() ? "exact" : "graph";
    info["bytes"] = my.writeVectors();
    io::writeAtomically(my.part / "index.json", info.dump(2) + "\n");
    my.putInPlace();
    return info;
}

}  // namespace switchyard::retrieval
