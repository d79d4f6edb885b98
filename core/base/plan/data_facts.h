// SPDX-License-Identifier: MIT
// What a plan has to know of the training data: how long its texts are, and what its heads predict.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/config/parameter_count.h"
#include "core/base/config/run_config.h"

namespace switchyard::plan {

struct DataFacts {
    /// Tokens of texts as the model gets them, rising; of a sample of the training texts.
    std::vector<double> lengths;
    std::vector<config::HeadSize> heads;
    std::int64_t samples = 0;   ///< 0: not known
    double resident_bytes = 0;  ///< names, texts and tokens that a rank keeps
    double read_bytes = 0;      ///< what reading them takes besides, for a while
    bool measured = false;      ///< the lengths are the data's
    std::string lengths_from;   ///< how the lengths are known, in a sentence
};

/// Opens the training data and encodes a few hundred of its texts; where that can not be done (no such file, more than
/// 64 MiB, or a tokenizer that would have to be trained on more than 8 MiB of text), every text is taken to be as long
/// as model.text.max_tokens allows. A tokenizer trained here is kept where the run looks for it.
/// Cost: like the start of a run, up to seconds. Throws: nothing.
DataFacts readDataFacts(const RunConfig& config);

/// Facts that need no file: texts as long as may be, heads that are known by name.
DataFacts assumedFacts(const RunConfig& config, const std::string& because);

/// What readDataFacts looks at: while it is the same, so are the facts.
std::string dataKey(const RunConfig& config);

/// Texts of a batch: some thousand lengths at most, each of which stands for `each` texts.
struct BatchTexts {
    std::vector<double> lengths;
    double each = 1;
};

/// The sample's spread, and a sum that lies so many standard deviations of such sums above their mean.
BatchTexts batchTextsAt(const DataFacts& facts, std::int64_t samples, double deviations);
/// The same with a sum that is the largest to be expected among `batches`.
BatchTexts batchTexts(const DataFacts& facts, std::int64_t samples, double batches);
/// The number below which a standard normal one lies with the chance p.
double normalQuantile(double p);
/// Expected place of the largest of `draws` standard normal numbers.
double largestOf(double draws);

}  // namespace switchyard::plan
