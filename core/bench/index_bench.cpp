// SPDX-License-Identifier: MIT
#include "core/bench/index_bench.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <set>

#include "core/base/util/error.h"
#include "core/retrieval/index.h"
#include "core/train/peak_memory.h"

namespace switchyard::bench {
namespace {

constexpr std::int64_t kOfACluster = 100, kBlock = 10'000, kBest = 10;
constexpr double kSpread = 0.6;

double secondsSince(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Of all threads of this process: what other work on the machine does is not in it.
double processorMs() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

class Vectors {
public:
    explicit Vectors(const IndexCase& which)
        : dim_(which.dim), draw_(at::detail::createCPUGenerator(static_cast<std::uint64_t>(which.seed))) {
        centres_ = at::randn({std::max<std::int64_t>(1, which.vectors / kOfACluster), dim_}, draw_, at::kFloat);
    }
    at::Tensor some(std::int64_t count) {
        const at::Tensor of = at::randint(0, centres_.size(0), {count}, draw_, at::kLong);
        const at::Tensor rows = centres_.index_select(0, of) + kSpread * at::randn({count, dim_}, draw_, at::kFloat);
        return rows / rows.norm(2, {1}, true);
    }

private:
    std::int64_t dim_;
    at::Generator draw_;
    at::Tensor centres_;
};

void fill(retrieval::IndexWriter& writer, Vectors& vectors, const IndexCase& which) {
    for (std::int64_t done = 0; done < which.vectors;) {
        const at::Tensor block = vectors.some(std::min(kBlock, which.vectors - done)).contiguous();
        const auto* row = block.const_data_ptr<float>();
        for (std::int64_t i = 0; i < block.size(0); ++i, ++done) {
            writer.add({std::to_string(done), "/" + std::to_string(done) + ".png", {}}, row + i * which.dim, nullptr);
        }
    }
    writer.commit(which.vectors);
}

nlohmann::json measure(const IndexCase& which, Vectors& vectors,
                       const std::function<bool(std::int64_t, std::int64_t, const std::string&)>& progress) {
    auto begin = std::chrono::steady_clock::now();
    nlohmann::json row;
    {
        retrieval::IndexWriter writer(which.folder, {{"seed", which.seed}}, which.dim);
        fill(writer, vectors, which);
        const nlohmann::json info = writer.build(which.search, progress);
        row = {{"vectors", which.vectors}, {"dim", which.dim},           {"queries", which.queries},
               {"bytes", info.at("bytes")}, {"search", info.at("search")}, {"build_s", secondsSince(begin)}};
    }
    row["peak_rss_bytes"] = train::peakMemoryBytes();
    begin = std::chrono::steady_clock::now();
    const retrieval::Index index(which.folder);
    row["open_s"] = secondsSince(begin);
    const at::Tensor& all = index.pictureVectors();
    std::vector<double> times, cpu_times;
    std::int64_t right = 0;
    const at::Tensor queries = vectors.some(which.queries);
    for (std::int64_t q = 0; q < which.queries; ++q) {
        const double cpu = processorMs();
        begin = std::chrono::steady_clock::now();
        const std::vector<retrieval::Hit> hits = index.pictures(queries[q], kBest);
        times.push_back(1e3 * secondsSince(begin));
        cpu_times.push_back(processorMs() - cpu);
        const at::Tensor best = std::get<1>(at::mv(all, queries[q]).topk(std::min(kBest, all.size(0))));
        const auto* first = best.const_data_ptr<std::int64_t>();
        const std::set<std::int64_t> wanted(first, first + best.numel());
        for (const retrieval::Hit& hit : hits) right += wanted.contains(hit.item) ? 1 : 0;
    }
    std::sort(times.begin(), times.end());
    std::sort(cpu_times.begin(), cpu_times.end());
    row["cpu_ms"] = cpu_times[cpu_times.size() / 2];
    row["ms"] = times[times.size() / 2];
    row["p99_ms"] = times[(times.size() - 1) * 99 / 100];
    row["recall_at_10"] = static_cast<double>(right) / static_cast<double>(which.queries * std::min(kBest, all.size(0)));
    return row;
}

}  // namespace

nlohmann::json benchIndex(const IndexCase& which,
                          const std::function<bool(std::int64_t, std::int64_t, const std::string&)>& progress) {
    const c10::InferenceMode no_gradient;
    std::error_code ignored;
    const auto remove = [&] {
        std::filesystem::remove_all(which.folder, ignored);
        std::filesystem::remove_all(which.folder.string() + ".part", ignored);
    };
    Vectors vectors(which);
    try {
        nlohmann::json row = measure(which, vectors, progress);
        remove();
        return row;
    } catch (...) {
        remove();
        throw;
    }
}

}  // namespace switchyard::bench
