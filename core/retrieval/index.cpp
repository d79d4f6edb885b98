// SPDX-License-Identifier: MIT
#include "core/retrieval/index.h"

#include <ATen/ATen.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "core/base/io/safe_file.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"
#include "core/checkpoint/tensor_file.h"

namespace switchyard::retrieval {
namespace {

namespace fs = std::filesystem;

/// Of a graph: how many it looks at for each one wanted, and at least. More finds more and takes longer.
constexpr std::int64_t kBreadth = 4, kLeastBreadth = 200;
constexpr std::int64_t kLongestItem = 16 << 20;

}  // namespace

void Index::broken(const std::string& why) const {
    throw Error(ExitCode::kCorruptCheckpoint, "the index is broken: " + why, folder_.string(), "Build it again");
}

Index::Index(const fs::path& folder) : folder_(folder) {
    if (!fs::exists(folder / "index.json")) {
        throw Error(ExitCode::kIo, "there is no index here", folder.string(),
                    "Make one: switchyard index --checkpoint CKPT --data FILE.jsonl --out DIR");
    }
    info_ = nlohmann::json::parse(io::readText(folder / "index.json", 1 << 20), nullptr, false);
    if (!info_.is_object()) broken("index.json is not JSON");
    if (info_.value("format", 0) != 2) broken("it was made by another version");
    file_ = std::make_unique<io::SafetensorsFile>(folder / "vectors.safetensors");
    const auto tensor = [&](const char* name, io::Dtype dtype, std::size_t dims) {
        const io::TensorEntry* entry = file_->find(name);
        if (entry == nullptr || entry->dtype != dtype || entry->shape.size() != dims) {
            broken(std::string("its vectors lack ") + name);
        }
        return checkpoint::tensorOf(*file_, *entry);
    };
    images_ = tensor("images", io::Dtype::kF32, 2);
    texts_ = tensor("texts", io::Dtype::kF32, 2);
    item_at_ = tensor("item_at", io::Dtype::kI64, 1);
    text_item_ = tensor("text_item", io::Dtype::kI64, 1);
    if (item_at_.numel() != images_.size(0) || text_item_.numel() != texts_.size(0)) broken("its parts do not fit");
    items_ = io::FileDescriptor(::open((folder / "items.jsonl").c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!items_.valid() || ::fstat(items_.get(), &status) != 0) broken("items.jsonl is missing");
    items_bytes_ = status.st_size;
    image_graph_ = openGraph("images", images_);
    text_graph_ = openGraph("texts", texts_);
}

/// Links of a graph lead anywhere in memory: what is not as it was written is not looked at.
std::unique_ptr<Graph> Index::openGraph(const char* name, const at::Tensor& vectors) const {
    const nlohmann::json graphs = info_.value("graphs", nlohmann::json::object());
    if (!graphs.contains(name)) return nullptr;
    const fs::path file = folder_ / (std::string(name) + ".hnsw");
    if (!fs::exists(file) || io::sha256File(file.string()) != graphs[name].value("sha256", "")) {
        broken(file.filename().string() + " has changed");
    }
    auto graph = std::make_unique<Graph>(file, vectors.size(1), vectors.size(0));
    if (graph->rows() != vectors.size(0)) broken(file.filename().string() + " does not fit the vectors");
    return graph;
}

Index::Found Index::best(const at::Tensor& vectors, const Graph* graph, const at::Tensor& query, std::int64_t k) {
    Found found;
    k = std::min(k, vectors.size(0));
    if (k == 0) return found;
    at::Tensor rows, scores;
    // A graph finds the nearest few; who wants a good part of all gets them by looking at all.
    const std::int64_t breadth = std::max(kLeastBreadth, kBreadth * k);
    if (graph != nullptr && breadth < vectors.size(0) / 8) {
        const at::Tensor plain = query.contiguous();
        rows = at::tensor(graph->search(plain.const_data_ptr<float>(), breadth, breadth), at::kLong);
        scores = at::mv(vectors.index_select(0, rows), query);
    } else {
        scores = at::mv(vectors, query);
    }
    const auto [values, places] = scores.topk(std::min(k, scores.numel()));
    for (std::int64_t i = 0; i < values.numel(); ++i) {
        const auto place = places[i].item<std::int64_t>();
        found.rows.push_back(rows.defined() ? rows[place].item<std::int64_t>() : place);
        found.scores.push_back(values[i].item<float>());
    }
    return found;
}

Item Index::item(std::int64_t number) const {
    const auto begin = item_at_[number].item<std::int64_t>();
    const std::int64_t end = number + 1 < size() ? item_at_[number + 1].item<std::int64_t>() : items_bytes_;
    if (begin < 0 || end < begin || end > items_bytes_ || end - begin > kLongestItem) broken("an item lies nowhere");
    std::string line(static_cast<std::size_t>(end - begin), '\0');
    if (::pread(items_.get(), line.data(), line.size(), begin) != end - begin) broken("items.jsonl can not be read");
    try {
        const nlohmann::json row = nlohmann::json::parse(line);
        return {row.at("id"), row.at("image"), row.at("texts").get<std::vector<std::string>>()};
    } catch (const nlohmann::json::exception& failed) {
        broken(std::string("items.jsonl: ") + failed.what());
    }
}

std::vector<Hit> Index::pictures(const at::Tensor& query, std::int64_t k) const {
    const Found found = best(images_, image_graph_.get(), query, k);
    std::vector<Hit> hits;
    for (std::size_t i = 0; i < found.rows.size(); ++i) {
        const Item of = item(found.rows[i]);
        hits.push_back({found.rows[i], of.texts.empty() ? std::string() : of.texts.front(), found.scores[i]});
    }
    return hits;
}

std::vector<Hit> Index::captions(const at::Tensor& query, std::int64_t k) const {
    // Equal captions count once, so more may have to be fetched than wanted.
    for (std::int64_t fetched = 2 * k + 16;; fetched *= 4) {
        const Found found = best(texts_, text_graph_.get(), query, fetched);
        std::vector<Hit> hits;
        std::set<std::string> seen;
        for (std::size_t i = 0; i < found.rows.size() && static_cast<std::int64_t>(hits.size()) < k; ++i) {
            const auto number = text_item_[found.rows[i]].item<std::int64_t>();
            if (number < 0 || number >= size()) broken("a caption has no picture");
            // Captions of an item lie one after another.
            std::int64_t first = found.rows[i];
            while (first > 0 && text_item_[first - 1].item<std::int64_t>() == number) --first;
            const Item of = item(number);
            const auto place = static_cast<std::size_t>(found.rows[i] - first);
            if (place >= of.texts.size()) broken("a caption is missing");
            if (seen.insert(of.texts[place]).second) hits.push_back({number, of.texts[place], found.scores[i]});
        }
        if (static_cast<std::int64_t>(hits.size()) >= k || fetched >= numCaptions()) return hits;
    }
}

}  // namespace switchyard::retrieval
