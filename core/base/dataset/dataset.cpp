// SPDX-License-Identifier: MIT
#include "core/base/dataset/dataset.h"

#include "core/base/dataset/file_dataset.h"
#include "core/base/dataset/formats.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::dataset {
namespace {

class JsonlDataset final : public FileDataset {
public:
    JsonlDataset(const std::vector<fs::path>& files, const fs::path& root, bool keywords) : FileDataset(root) {
        for (const fs::path& file : files) {
            for (io::Record& row : io::readJsonl(file))
                addRow(row, file.string() + ":" + std::to_string(row.line), keywords);
        }
        finish();
    }
};

}  // namespace

std::unique_ptr<Dataset> openDataset(const RunConfig& config, Split split) {
    const RunConfig::Data& data = config.data;
    const bool train = split == Split::kTrain;
    if (data.format == DataFormat::kSynthetic) {
        return makeSynthetic(static_cast<std::uint64_t>(config.run.seed), split,
                             train ? data.synthetic.samples : data.synthetic.eval_samples,
                             static_cast<int>(config.model.vision.image_size));
    }
    const std::vector<std::string>& names = train ? data.train : data.eval;
    const fs::path root = dataRoot(config);
    std::vector<fs::path> files;
    for (const std::string& name : names) files.push_back(root / expandPath(name));
    if (train && files.empty()) {
        throw Error(ExitCode::kBadData, "data.train names no file", {}, "List the files to train on");
    }
    switch (data.format) {
        case DataFormat::kCoco:
            return openCoco(files, root);
        case DataFormat::kVqa2:
            return openVqa2(files, root);
        case DataFormat::kTar:
            return openTar(files, root);
        default:
            return std::make_unique<JsonlDataset>(files, root, data.keyword_share > 0);
    }
}

std::unique_ptr<Dataset> openJsonl(const fs::path& file, const fs::path& root, bool keywords) {
    const fs::path folder = root.empty() ? fs::absolute(file).parent_path() : root;
    return std::make_unique<JsonlDataset>(std::vector<fs::path>{file}, folder, keywords);
}

fs::path dataRoot(const RunConfig& config) {
    if (!config.data.root.empty()) return expandPath(config.data.root);
    for (const auto* names : {&config.data.train, &config.data.eval}) {
        if (!names->empty()) return fs::absolute(expandPath(names->front())).parent_path();
    }
    return fs::current_path();
}

std::vector<std::string> trainingTexts(const Dataset& dataset) {
    std::vector<std::string> texts;
    for (const Sample& sample : dataset.samples()) {
        texts.insert(texts.end(), sample.texts.begin(), sample.texts.end());
        texts.insert(texts.end(), sample.keyword_texts.begin(), sample.keyword_texts.end());
    }
    return texts;
}

fs::path tokenizerFor(const RunConfig& config, const Dataset& train) {
    if (!config.data.tokenizer.empty()) {
        const fs::path given = expandPath(config.data.tokenizer);
        const fs::path below_root = dataRoot(config) / given;  // an absolute path replaces the root
        std::error_code ignored;
        if (fs::exists(below_root, ignored)) return below_root;
        if (fs::exists(given, ignored)) return fs::absolute(given);
        throw Error(ExitCode::kBadData, "The tokenizer is not there", below_root.string(),
                    "Check data.tokenizer, or leave it out to have one trained");
    }
    const std::vector<std::string> texts = trainingTexts(train);
    DatasetHash hash;
    hash.add("unigram nmt_nfkc_cf 1");  // changes when trainTokenizer's options do
    hash.add(std::to_string(config.model.text.vocab_size));
    for (const std::string& text : texts) hash.add(text);
    const fs::path folder = cacheHome() / "tokenizers";
    const fs::path file = folder / (hash.hex().substr(0, 32) + ".model");
    std::error_code failure;
    if (fs::exists(file, failure)) return file;
    fs::create_directories(folder, failure);
    if (failure) throw Error(ExitCode::kIo, "Could not make the folder: " + failure.message(), folder.string());
    text::trainTokenizer(texts, config.model.text.vocab_size, file);
    return file;
}

}  // namespace switchyard::dataset
