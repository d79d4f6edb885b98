// SPDX-License-Identifier: MIT
#include "core/eval/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "core/base/util/error.h"

namespace switchyard::eval {
namespace {

template <typename T>
void requireAlike(const std::vector<T>& predicted, const std::vector<T>& truth) {
    if (predicted.size() != truth.size() || predicted.empty())
        throw Error(ExitCode::kBadData, "a metric needs as many predictions as truths, and at least one");
}

/// Ranks from 1 on, equal numbers sharing their mean.
std::vector<double> ranks(const std::vector<double>& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranked(values.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin + 1;
        while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
        const double mean = static_cast<double>(begin + end + 1) / 2.0;
        for (; begin < end; ++begin) ranked[order[begin]] = mean;
    }
    return ranked;
}

/// Differences from the mean, divided by their norm.
std::vector<double> standardised(const std::vector<double>& values) {
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    double squares = 0;
    std::vector<double> out;
    for (const double value : values) {
        out.push_back(value - mean);
        squares += (value - mean) * (value - mean);
    }
    const double norm = std::sqrt(squares);
    for (double& value : out) value = norm > 0 ? value / norm : std::numeric_limits<double>::quiet_NaN();
    return out;
}

}  // namespace

double accuracy(const std::vector<std::int64_t>& predicted, const std::vector<std::int64_t>& truth) {
    requireAlike(predicted, truth);
    std::int64_t right = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) right += predicted[i] == truth[i] ? 1 : 0;
    return static_cast<double>(right) / static_cast<double>(truth.size());
}

double f1(const std::vector<std::int64_t>& predicted, const std::vector<std::int64_t>& truth, std::int64_t positive) {
    requireAlike(predicted, truth);
    std::int64_t hits = 0, wrong = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        const bool said = predicted[i] == positive, is = truth[i] == positive;
        hits += said && is ? 1 : 0;
        wrong += said != is ? 1 : 0;
    }
    return hits + wrong == 0 ? 0.0 : 2.0 * static_cast<double>(hits) / static_cast<double>(2 * hits + wrong);
}

double macroF1(const std::vector<std::int64_t>& predicted, const std::vector<std::int64_t>& truth) {
    requireAlike(predicted, truth);
    std::set<std::int64_t> classes(truth.begin(), truth.end());
    classes.insert(predicted.begin(), predicted.end());
    double sum = 0;
    for (const std::int64_t one : classes) sum += f1(predicted, truth, one);
    return sum / static_cast<double>(classes.size());
}

double matthews(const std::vector<std::int64_t>& predicted, const std::vector<std::int64_t>& truth) {
    requireAlike(predicted, truth);
    std::map<std::int64_t, double> said, is;
    double right = 0;
    const auto samples = static_cast<double>(truth.size());
    for (std::size_t i = 0; i < truth.size(); ++i) {
        said[predicted[i]] += 1;
        is[truth[i]] += 1;
        right += predicted[i] == truth[i] ? 1 : 0;
    }
    double both = 0, said_squares = 0, is_squares = 0;
    for (const auto& [one, count] : said) {
        said_squares += count * count;
        if (const auto found = is.find(one); found != is.end()) both += count * found->second;
    }
    for (const auto& [one, count] : is) is_squares += count * count;
    const double covariance = right * samples - both;
    const double of_said = samples * samples - said_squares, of_truth = samples * samples - is_squares;
    return of_said * of_truth == 0 ? 0.0 : covariance / std::sqrt(of_said * of_truth);
}

double vqaAgreement(const std::string& said, const std::vector<std::string>& given) {
    if (given.empty()) throw Error(ExitCode::kUsage, "Nobody gave an answer");
    const auto plain = [](const std::string& text) {
        const auto first = text.find_first_not_of(" \t\r\n");
        if (first == std::string::npos) return std::string();
        std::string word = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
        for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return word;
    };
    const std::string answer = plain(said);
    std::vector<bool> agrees;
    for (const std::string& one : given) agrees.push_back(plain(one) == answer);
    const auto all = static_cast<double>(std::count(agrees.begin(), agrees.end(), true));
    double sum = 0;
    for (const bool own : agrees) sum += std::min(1.0, (all - (own ? 1 : 0)) / 3);
    return sum / static_cast<double>(given.size());
}

double pearson(const std::vector<double>& predicted, const std::vector<double>& truth) {
    requireAlike(predicted, truth);
    const std::vector<double> a = standardised(predicted), b = standardised(truth);
    return std::clamp(std::inner_product(a.begin(), a.end(), b.begin(), 0.0), -1.0, 1.0);
}

double spearman(const std::vector<double>& predicted, const std::vector<double>& truth) {
    return pearson(ranks(predicted), ranks(truth));
}

}  // namespace switchyard::eval
