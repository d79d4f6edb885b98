// SPDX-License-Identifier: MIT
// How well predictions agree with the truth. All in fp64, and as scikit-learn and scipy define them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard::eval {

/// Predictions and truths, class numbers from 0 on; equally many and at least one.
double accuracy(const std::vector<std::int64_t>& predicted, const std::vector<std::int64_t>& truth);

/// 2 TP / (2 TP + FP + FN) of class `positive`; 0 where it is 0 / 0.
double f1(const std::vector<std::int64_t>& predicted, const std::vector<std::int64_t>& truth, std::int64_t positive = 1);

/// The mean of f1 over the classes that occur in either list.
double macroF1(const std::vector<std::int64_t>& predicted, const std::vector<std::int64_t>& truth);

/// Matthews correlation for any number of classes; 0 where either list has a single class.
/// Source: Gorodkin 2004, "Comparing two K-category assignments by a K-category correlation coefficient".
double matthews(const std::vector<std::int64_t>& predicted, const std::vector<std::int64_t>& truth);

/// How many of those asked agree with an answer, up to three: the mean over them of min(1, others who gave it / 3).
/// Compared by their letters without regard to case and spaces around them; the official script also strips articles and
/// punctuation. `given` is not empty.
/// Source: Antol et al. 2015 (arXiv 1505.00468) sec. 4, averaged over all subsets but one as its evaluation script does.
double vqaAgreement(const std::string& said, const std::vector<std::string>& given);

/// Pearson correlation; NaN where either list is constant.
double pearson(const std::vector<double>& predicted, const std::vector<double>& truth);

/// Pearson correlation of ranks; equal numbers share the mean of their ranks.
double spearman(const std::vector<double>& predicted, const std::vector<double>& truth);

}  // namespace switchyard::eval
