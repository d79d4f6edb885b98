// SPDX-License-Identifier: MIT
#include "core/retrieval/index_build.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>

#include "core/base/dataset/picture_set.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/data/picture.h"
#include "core/eval/retrieval_eval.h"

namespace switchyard::retrieval {
namespace {

constexpr std::int64_t kPicturesAtOnce = 128, kTextsAtOnce = 512;
constexpr std::chrono::seconds kBetweenCommits{1};

/// A picture fitted as it will be looked at (a decoded one may take 192 MiB), or why there is none.
struct Read {
    std::optional<io::Image> picture;
    std::string problem;
};

/// Samples from one place on, decoded while the model works on those before.
class Reader {
public:
    Reader(const dataset::Dataset& data, const RunConfig& config, std::int64_t begin) : data_(data), config_(config) {
        start(begin);
    }
    std::vector<Read> take() {
        std::vector<Read> out = next_.get();
        start(begin_ + kPicturesAtOnce);
        return out;
    }

private:
    void start(std::int64_t begin) {
        begin_ = begin;
        next_ = std::async(std::launch::async, [this, begin] { return read(begin); });
    }
    std::vector<Read> read(std::int64_t begin) const {
        std::vector<Read> out;
        const auto end = std::min(static_cast<std::int64_t>(data_.samples().size()), begin + kPicturesAtOnce);
        for (std::int64_t i = begin; i < end; ++i) {
            Read& one = out.emplace_back();
            try {
                one.picture = data::cropSource(data_.picture(data_.samples()[static_cast<std::size_t>(i)]), config_);
            } catch (const Error& failed) {
                one.problem = failed.what();
            }
        }
        return out;
    }

    const dataset::Dataset& data_;
    const RunConfig& config_;
    std::int64_t begin_ = 0;
    std::future<std::vector<Read>> next_;
};

class Builder {
public:
    Builder(eval::LoadedModel& model, const dataset::Dataset& data, IndexWriter& writer, const eval::Progress& progress)
        : model_(model), data_(data), writer_(writer), progress_(progress) {}

    void embedAll() {
        // Not inference mode: the model keeps tensors made here, such as position biases.
        const at::NoGradGuard no_gradient;
        const auto count = static_cast<std::int64_t>(data_.samples().size());
        std::int64_t begin = writer_.samplesDone();
        if (begin >= count) return;
        Reader reader(data_, model_.config(), begin);
        tell(begin, count);
        auto committed = std::chrono::steady_clock::now();
        for (; begin < count; begin += kPicturesAtOnce) {
            embedBlock(begin, reader.take());
            const std::int64_t done = std::min(count, begin + kPicturesAtOnce);
            const auto now = std::chrono::steady_clock::now();
            if (now - committed >= kBetweenCommits || done == count) {
                writer_.commit(done);
                committed = now;
            }
            tell(done, count);
        }
    }

private:
    void tell(std::int64_t done, std::int64_t count) {
        if (!progress_ || progress_(done, count, "pictures")) return;
        writer_.commit(done);
        throw Error(ExitCode::kInterrupted, "cancelled");
    }

    void embedBlock(std::int64_t begin, std::vector<Read> read) {
        std::vector<io::Image> pictures;
        std::vector<const dataset::Sample*> samples;
        for (std::size_t i = 0; i < read.size(); ++i) {
            if (!read[i].picture) {
                writer_.skip(read[i].problem);
                continue;
            }
            pictures.push_back(std::move(*read[i].picture));
            samples.push_back(&data_.samples()[static_cast<std::size_t>(begin) + i]);
        }
        if (pictures.empty()) return;
        const at::Tensor images =
            eval::embedPictures(model_.model(), model_.config(), pictures, model_.context()).contiguous();
        const at::Tensor texts = embedCaptions(samples);
        const auto dim = images.size(1);
        const auto* image = images.const_data_ptr<float>();
        const float* text = texts.defined() ? texts.const_data_ptr<float>() : nullptr;
        for (const dataset::Sample* sample : samples) {
            const auto file = (fs::absolute(data_.root()) / sample->image).lexically_normal();
            writer_.add({sample->name, file.string(), sample->texts}, image, text);
            image += dim;
            if (text != nullptr) text += dim * static_cast<std::int64_t>(sample->texts.size());
        }
    }

    at::Tensor embedCaptions(const std::vector<const dataset::Sample*>& samples) {
        std::vector<std::vector<std::int32_t>> tokens;
        std::vector<at::Tensor> parts;
        const auto embed = [&] {
            parts.push_back(eval::embedTexts(model_.model(), model_.config(), tokens, model_.context()));
            tokens.clear();
        };
        for (const dataset::Sample* sample : samples) {
            for (const std::string& text : sample->texts) {
                tokens.push_back(model_.tokenizer().encode(text, model_.config().model.text.max_tokens));
                if (static_cast<std::int64_t>(tokens.size()) == kTextsAtOnce) embed();
            }
        }
        if (!tokens.empty()) embed();
        return parts.empty() ? at::Tensor() : at::cat(parts).contiguous();
    }

    eval::LoadedModel& model_;
    const dataset::Dataset& data_;
    IndexWriter& writer_;
    const eval::Progress& progress_;
};

}  // namespace

nlohmann::json buildIndex(eval::LoadedModel& model, const fs::path& data, const fs::path& root, const fs::path& out,
                          SearchMethod method, const eval::Progress& progress) {
    if (model.config().task.kind != TaskKind::kMultimodal) {
        throw Error(ExitCode::kUsage, "The model does not compare pictures with texts", model.folder().string(),
                    "Choose a checkpoint of a run with task.kind: multimodal");
    }
    const auto dataset = dataset::openPictures(data, root);
    const fs::path folder = fs::absolute(expandPath(out.string())).lexically_normal();
    const nlohmann::json key = {{"checkpoint", model.folder().string()},
                                {"checkpoint_sha256", model.identity()},
                                {"data", fs::absolute(data).string()},
                                {"data_sha256", dataset->hash()}};
    IndexWriter writer(folder, key, model.config().model.embed_dim);
    if (!writer.complete()) Builder(model, *dataset, writer, progress).embedAll();
    return writer.build(method, progress);
}

}  // namespace switchyard::retrieval
