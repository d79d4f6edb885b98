// SPDX-License-Identifier: MIT
#include "core/retrieval/index.h"

#include <ATen/ATen.h>

#include <fstream>
#include <set>
#include <sstream>

#include "core/base/dataset/dataset.h"
#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/checkpoint/tensor_file.h"
#include "core/eval/retrieval_eval.h"

namespace switchyard::retrieval {
namespace {

constexpr std::uint64_t kLargestItems = 4ULL << 30;

}  // namespace

nlohmann::json buildIndex(eval::LoadedModel& model, const fs::path& data, const fs::path& root, const fs::path& out,
                          const eval::Progress& progress) {
    const auto dataset = dataset::openJsonl(data, root, /*keywords=*/false);
    const eval::Embeddings embeddings = eval::embed(model.model(), model.config(), *dataset, model.tokenizer(), model.context(), progress);
    const fs::path folder = fs::absolute(expandPath(out.string())).lexically_normal();
    fs::path temporary = folder;
    temporary += ".part";
    std::error_code error;
    fs::remove_all(temporary, error);
    fs::create_directories(temporary, error);
    if (error) throw Error(ExitCode::kIo, "can not make the index folder: " + error.message(), temporary.string());
    try {
        const auto written = checkpoint::writeTensors(temporary / "vectors.safetensors", {{"images", embeddings.images}, {"texts", embeddings.texts}});
        std::ostringstream items;
        for (const dataset::Sample& sample : dataset->samples()) {
            items << nlohmann::json{{"id", sample.name}, {"image", (fs::absolute(dataset->root()) / sample.image).lexically_normal().string()},
                                    {"texts", sample.texts}}
                         .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                  << '\n';
        }
        io::writeAtomically(temporary / "items.jsonl", items.str());
        const nlohmann::json info = {{"format", 1},
                                     {"index", folder.string()},
                                     {"checkpoint", model.folder().string()},
                                     {"checkpoint_sha256", model.identity()},
                                     {"data", fs::absolute(data).string()},
                                     {"data_sha256", dataset->hash()},
                                     {"pictures", embeddings.images.size(0)},
                                     {"captions", embeddings.texts.size(0)},
                                     {"dim", embeddings.images.size(1)},
                                     {"bytes", written.bytes}};
        io::writeAtomically(temporary / "index.json", info.dump(2) + "\n");
        fs::path old = folder;
        old += ".old";
        fs::remove_all(old, error);
        if (fs::exists(folder)) fs::rename(folder, old);
        fs::rename(temporary, folder);
        fs::remove_all(old, error);
        return info;
    } catch (const fs::filesystem_error& failed) {
        fs::remove_all(temporary, error);
        throw Error(ExitCode::kIo, std::string("can not put the index in place: ") + failed.what(), folder.string());
    } catch (...) {
        fs::remove_all(temporary, error);
        throw;
    }
}

Index::Index(const fs::path& folder) {
    if (!fs::exists(folder / "index.json")) {
        throw Error(ExitCode::kIo, "there is no index here", folder.string(), "Make one: switchyard index --checkpoint CKPT --data FILE.jsonl --out DIR");
    }
    try {
        info_ = nlohmann::json::parse(io::readText(folder / "index.json", 1 << 20));
        std::istringstream lines(io::readText(folder / "items.jsonl", kLargestItems));
        for (std::string line; std::getline(lines, line);) {
            const nlohmann::json row = nlohmann::json::parse(line);
            items_.push_back({row.at("id"), row.at("image"), row.at("texts").get<std::vector<std::string>>()});
            for (std::size_t t = 0; t < items_.back().texts.size(); ++t) {
                text_of_.emplace_back(static_cast<std::int64_t>(items_.size()) - 1, static_cast<std::int64_t>(t));
            }
        }
    } catch (const nlohmann::json::exception& broken) {
        throw Error(ExitCode::kCorruptCheckpoint, std::string("the index is broken: ") + broken.what(), folder.string(), "Build it again");
    }
    file_ = std::make_unique<io::SafetensorsFile>(folder / "vectors.safetensors");
    const io::TensorEntry *images = file_->find("images"), *texts = file_->find("texts");
    const auto fits = [](const io::TensorEntry* entry, std::size_t rows) {
        return entry != nullptr && entry->dtype == io::Dtype::kF32 && entry->shape.size() == 2 && entry->shape[0] == static_cast<std::int64_t>(rows);
    };
    if (!fits(images, items_.size()) || !fits(texts, text_of_.size())) {
        throw Error(ExitCode::kCorruptCheckpoint, "the index's vectors do not fit its items", folder.string(), "Build it again");
    }
    images_ = checkpoint::tensorOf(*file_, *images);
    texts_ = checkpoint::tensorOf(*file_, *texts);
}

std::vector<Hit> Index::pictures(const at::Tensor& query, std::int64_t k) const {
    const at::Tensor scores = at::mv(images_, query);
    const auto [values, places] = scores.topk(std::min<std::int64_t>(k, scores.numel()));
    std::vector<Hit> hits;
    for (std::int64_t i = 0; i < values.numel(); ++i) {
        const auto item = places[i].item<std::int64_t>();
        const auto& texts = items_[static_cast<std::size_t>(item)].texts;
        hits.push_back({item, texts.empty() ? std::string() : texts.front(), values[i].item<float>()});
    }
    return hits;
}

std::vector<Hit> Index::captions(const at::Tensor& query, std::int64_t k) const {
    const at::Tensor scores = at::mv(texts_, query);
    const at::Tensor order = scores.argsort(0, /*descending=*/true);
    std::vector<Hit> hits;
    std::set<std::string> seen;
    for (std::int64_t i = 0; i < order.numel() && static_cast<std::int64_t>(hits.size()) < k; ++i) {
        const auto row = order[i].item<std::int64_t>();
        const auto [item, number] = text_of_[static_cast<std::size_t>(row)];
        const std::string& text = items_[static_cast<std::size_t>(item)].texts[static_cast<std::size_t>(number)];
        if (seen.insert(text).second) hits.push_back({item, text, scores[row].item<float>()});
    }
    return hits;
}

}  // namespace switchyard::retrieval
