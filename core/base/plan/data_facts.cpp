// SPDX-License-Identifier: MIT
#include "core/base/plan/data_facts.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <sstream>

#include "core/base/dataset/dataset.h"
#include "core/base/dataset/text_task.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::plan {
namespace {

constexpr std::uint64_t kMostFileBytes = 64ULL << 20;
constexpr std::size_t kMostTrainedText = std::size_t{8} << 20;
constexpr std::size_t kTexts = 512;
constexpr std::int64_t kMostPicks = 4096;
constexpr double kStringHead = 32;  ///< of a std::string or std::vector, about

std::uint64_t fileBytes(const RunConfig& config) {
    std::uint64_t bytes = 0;
    for (const std::string& name : config.data.train) {
        std::error_code failed;
        const std::uint64_t size = std::filesystem::file_size(dataset::dataRoot(config) / expandPath(name), failed);
        if (!failed) bytes += size;
    }
    return bytes;
}

double textBytes(const dataset::Sample& sample) {
    double bytes = 0;
    const auto add = [&](const std::string& text) {
        bytes += kStringHead + (text.size() > 15 ? static_cast<double>(text.size()) : 0);
    };
    for (const auto* list : {&sample.texts, &sample.keyword_texts, &sample.answers})
        for (const std::string& text : *list) add(text);
    for (const std::string* text : {&sample.name, &sample.image, &sample.pair}) add(*text);
    return bytes;
}

std::vector<double> encodedLengths(const RunConfig& config, const dataset::Dataset& data,
                                   const text::Tokenizer& tokenizer) {
    std::vector<double> lengths;
    const std::vector<dataset::Sample>& samples = data.samples();
    const std::size_t step = std::max<std::size_t>(1, samples.size() / kTexts);
    const double kept = 1.0 - config.data.image.augment.token_drop;
    const std::int64_t limit = config.model.text.max_tokens;
    for (std::size_t i = 0; i < samples.size(); i += step) {
        const dataset::Sample& sample = samples[i];
        if (sample.texts.empty()) continue;
        const std::string& text = sample.texts[i % sample.texts.size()];
        const std::size_t tokens = sample.pair.empty() ? tokenizer.encode(text, limit).size()
                                                       : tokenizer.encodePair(text, &sample.pair, limit).ids.size();
        lengths.push_back(std::max(1.0, std::round(kept * static_cast<double>(tokens))));
    }
    std::sort(lengths.begin(), lengths.end());
    return lengths;
}

void takeHeads(const RunConfig& config, const dataset::Dataset& data, DataFacts* facts) {
    if (config.task.kind == TaskKind::kMultimodal) return;
    facts->heads.clear();
    for (const dataset::TaskLabels& of : data.labels()) {
        const bool pair = config.task.kind == TaskKind::kText && !dataset::textTask(of.task, config.task).pair.empty();
        facts->heads.push_back({pair, of.outputs()});
    }
}

std::string meanText(const std::vector<double>& lengths) {
    const double mean = std::accumulate(lengths.begin(), lengths.end(), 0.0) / static_cast<double>(lengths.size());
    std::ostringstream text;
    text.precision(1);
    text << std::fixed << mean;
    return text.str();
}

DataFacts readOrThrow(const RunConfig& config) {
    const auto data = dataset::openDataset(config, dataset::Split::kTrain);
    DataFacts facts = assumedFacts(config, "the training data holds no text");
    takeHeads(config, *data, &facts);
    facts.samples = static_cast<std::int64_t>(data->samples().size());
    std::size_t text_bytes = 0;
    for (const dataset::Sample& sample : data->samples()) {
        const double own = textBytes(sample);
        text_bytes += static_cast<std::size_t>(own);
        // The encodings of a sample's texts come beside it, once they have been drawn.
        facts.resident_bytes +=
            sizeof(dataset::Sample) + own + sizeof(void*) * 3 + 96.0 * static_cast<double>(sample.texts.size());
    }
    facts.read_bytes = static_cast<double>(fileBytes(config));
    const bool given = !config.data.tokenizer.empty() || !config.model.text.init_from.empty();
    if (!given && text_bytes > kMostTrainedText) {
        DataFacts assumed = assumedFacts(config, "a tokenizer would have to be trained on much text first");
        facts.lengths = assumed.lengths;
        facts.lengths_from = assumed.lengths_from;
        return facts;
    }
    const text::Tokenizer tokenizer(dataset::tokenizerFor(config, *data));
    std::vector<double> lengths = encodedLengths(config, *data, tokenizer);
    if (lengths.empty()) return facts;
    facts.lengths_from =
        std::to_string(lengths.size()) + " of the training texts, " + meanText(lengths) + " tokens on average";
    facts.lengths = std::move(lengths);
    facts.measured = true;
    return facts;
}

}  // namespace

DataFacts assumedFacts(const RunConfig& config, const std::string& because) {
    DataFacts facts;
    facts.lengths = {static_cast<double>(config.model.text.max_tokens)};
    facts.heads = dataset::knownHeads(config);
    facts.lengths_from = "every text is taken to have model.text.max_tokens tokens: " + because;
    return facts;
}

DataFacts readDataFacts(const RunConfig& config) {
    try {
        if (config.data.format != DataFormat::kSynthetic && fileBytes(config) > kMostFileBytes)
            return assumedFacts(config, "the training files are large and were not read");
        return readOrThrow(config);
    } catch (const Error& error) {
        return assumedFacts(config, error.message());
    } catch (const std::exception& error) {
        return assumedFacts(config, error.what());
    }
}

std::string dataKey(const RunConfig& config) {
    std::ostringstream key;
    const RunConfig::Data& data = config.data;
    for (const std::string& file : data.train) {
        std::error_code failed;
        const auto path = dataset::dataRoot(config) / expandPath(file);
        const auto changed = std::filesystem::last_write_time(path, failed);
        key << file << '\n' << (failed ? 0 : changed.time_since_epoch().count()) << '\n';
    }
    for (const std::string& name : config.task.names) key << name << '\n';
    key << data.root << '\n'
        << static_cast<int>(data.format) << ' ' << data.tokenizer << '\n'
        << (data.keyword_share > 0) << ' ' << data.synthetic.samples << ' ' << config.run.seed << ' '
        << data.image.augment.token_drop << ' ' << config.model.text.max_tokens << ' ' << config.model.text.vocab_size
        << ' ' << config.model.text.init_from << '\n'
        << static_cast<int>(config.task.kind) << ' ' << config.task.answers << ' ' << config.task.tsv_text << ' '
        << config.task.tsv_pair << ' ' << config.task.tsv_label << ' ' << config.task.tsv_score;
    return key.str();
}

double normalQuantile(double p) {
    double low = -8, high = 8;
    for (int i = 0; i < 50; ++i) {
        const double middle = (low + high) / 2;
        (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
    }
    return low;
}

double largestOf(double draws) {
    return draws < 1.5 ? 0 : normalQuantile((draws - 0.375) / (draws + 0.25));  // Blom's approximation
}

BatchTexts batchTexts(const DataFacts& facts, std::int64_t samples, double batches) {
    return batchTextsAt(facts, samples, largestOf(batches));
}

BatchTexts batchTextsAt(const DataFacts& facts, std::int64_t samples, double deviations) {
    const std::int64_t picks = std::min(samples, kMostPicks);
    BatchTexts texts;
    texts.each = static_cast<double>(samples) / static_cast<double>(picks);
    const auto count = static_cast<double>(facts.lengths.size());
    const double mean = std::accumulate(facts.lengths.begin(), facts.lengths.end(), 0.0) / count;
    double variance = 0;
    for (const double length : facts.lengths) variance += (length - mean) * (length - mean) / count;
    const auto wanted = static_cast<double>(samples);
    const double target = (mean * wanted + deviations * std::sqrt(variance * wanted)) / texts.each;
    // Even places of the spread, pushed towards one of its ends until the sum is right.
    const auto draw = [&](double push) {
        texts.lengths.clear();
        double sum = 0;
        for (std::int64_t i = 0; i < picks; ++i) {
            const double place = std::pow((static_cast<double>(i) + 0.5) / static_cast<double>(picks), push);
            texts.lengths.push_back(facts.lengths[static_cast<std::size_t>(std::min(place * count, count - 1))]);
            sum += texts.lengths.back();
        }
        return sum;
    };
    if (draw(1) >= target && deviations >= 0) return texts;
    double low = deviations < 0 ? 1 : 0, high = deviations < 0 ? 16 : 1;
    for (int i = 0; i < 24; ++i) {
        const double middle = (low + high) / 2;
        (draw(middle) > target ? low : high) = middle;
    }
    draw(high);
    return texts;
}

}  // namespace switchyard::plan
