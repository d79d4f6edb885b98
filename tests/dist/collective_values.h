// SPDX-License-Identifier: MIT
// What every collective has to give, on any back end and device.
#pragma once

#include <ATen/ATen.h>

#include <chrono>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "core/base/util/error.h"
#include "core/parallel/agreement.h"
#include "core/parallel/collectives.h"

namespace switchyard::test {

inline void check(bool good, const char* what) {
    if (!good) throw Error(ExitCode::kRunFailed, std::string("wrong result of ") + what);
}

/// Collective, as the first ones of the group. Throws: Error.
inline void checkCollectives(parallel::Collectives& ranks, c10::Device device) {
    const int size = ranks.size(), rank = ranks.rank();
    std::vector<std::string> seen;
    ranks.onCollective([&](const char* name, std::uint64_t number) { seen.push_back(name + std::to_string(number)); });
    // Ranks come at different times to every collective.
    const auto late = [&](int factor) { std::this_thread::sleep_for(std::chrono::milliseconds((rank * factor) % 37)); };

    // 1 + 2 + ... + size, in every type that is sent.
    for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kLong, at::kInt, at::kBFloat16}) {
        late(11);
        at::Tensor tensor = at::full({3, 5}, rank + 1, type).to(device);
        ranks.allReduceSum(tensor, "sum");
        check(at::equal(tensor.cpu(), at::full({3, 5}, size * (size + 1) / 2, type)), "allReduceSum");
    }
    // Several in flight, waited for in another order.
    at::Tensor a = at::full({1000}, 1.0).to(device), b = at::full({7}, static_cast<double>(rank)).to(device);
    auto pending_a = ranks.allReduceSumAsync(a, "a");
    auto pending_b = ranks.allReduceSumAsync(b, "b");
    late(5);
    pending_b->wait();
    pending_a->wait();
    check(at::equal(a.cpu(), at::full({1000}, static_cast<double>(size))) &&
              b[0].item<double>() == size * (size - 1) / 2.0,
          "async");

    const at::Tensor gathered =
        ranks.allGather(at::tensor({10.0 * rank, 10.0 * rank + 1}).view({2, 1}).to(device), "gather");
    check(gathered.sizes() == at::IntArrayRef({2 * size, 1}), "allGather's shape");
    for (int r = 0; r < size; ++r) {
        check(gathered[2 * r].item<double>() == 10.0 * r && gathered[2 * r + 1].item<double>() == 10.0 * r + 1,
              "allGather");
    }
    // Shares of 3 numbers: what rank r sends to rank q is 100 r + q.
    const auto doubles = at::TensorOptions().dtype(at::kDouble).device(device);
    at::Tensor shares = at::empty({3L * size}, doubles), own = at::empty({3}, doubles);
    for (int q = 0; q < size; ++q) shares.narrow(0, 3L * q, 3).fill_(100.0 * rank + q);
    late(13);
    ranks.reduceScatterSumAsync(own, shares, "reduce_scatter")->wait();
    check(at::equal(own.cpu(), at::full({3}, 100.0 * size * (size - 1) / 2 + size * rank, at::kDouble)),
          "reduceScatterSumAsync");
    at::Tensor all = at::empty({3L * size}, doubles);
    ranks.allGatherAsync(all, own, "all_gather")->wait();
    for (int q = 0; q < size; ++q)
        check(all[3L * q].item<double>() == 100.0 * size * (size - 1) / 2 + size * q, "allGatherAsync");
    // Rank r sends r + q rows to rank q: none from rank 0 to itself.
    std::vector<std::int64_t> sent, received;
    for (int q = 0; q < size; ++q) sent.push_back(rank + q);
    received = sent;  // symmetric
    const std::int64_t rows = std::accumulate(sent.begin(), sent.end(), std::int64_t{0});
    at::Tensor rows_in = at::full({rows, 2}, static_cast<double>(rank)).to(device), rows_out = at::empty_like(rows_in);
    ranks.allToAllAsync(rows_out, rows_in, received, sent, "all_to_all")->wait();
    std::int64_t row = 0;
    for (int q = 0; q < size; ++q) {
        for (std::int64_t i = 0; i < received[static_cast<std::size_t>(q)]; ++i)
            check(rows_out[row++][1].item<double>() == q, "allToAllAsync");
    }
    late(23);
    at::Tensor word = at::full({4}, rank).to(device);
    ranks.broadcast(word, size - 1, "broadcast");
    check(at::equal(word.cpu(), at::full({4}, size - 1)), "broadcast");
    ranks.barrier("barrier");

    const auto texts =
        parallel::gatherText(std::string(static_cast<std::size_t>(rank) * 1000, 'x'), ranks, "texts", device);
    for (int r = 0; r < size; ++r)
        check(texts[static_cast<std::size_t>(r)].size() == static_cast<std::size_t>(r) * 1000, "gatherText");
    check(seen.size() == 15 && seen.front() == "sum1" && seen.back() == "texts15", "numbering");
    ranks.onCollective({});
}

/// Number i of rank r's tensor: exact in every type, and different at every place.
inline at::Tensor ramp(std::int64_t count, int rank, const at::TensorOptions& options) {
    return (at::arange(count, at::kLong).remainder(61) + 3 * rank).to(options);
}

/// Tensors that are large and of odd sizes, many at once, waited for in another order, with small ones between them.
inline void checkLargeCollectives(parallel::Collectives& ranks, c10::Device device) {
    const int size = ranks.size(), rank = ranks.rank();
    for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kLong, at::kBFloat16}) {
        const auto options = at::TensorOptions().dtype(type).device(device);
        for (const std::int64_t count : {std::int64_t{40'000}, std::int64_t{300'007}, std::int64_t{1} << 20}) {
            at::Tensor sum = at::zeros({count}, options);
            for (int r = 0; r < size; ++r) sum += ramp(count, r, options);
            std::vector<at::Tensor> sums;
            std::vector<std::unique_ptr<parallel::Pending>> pending;
            for (int i = 0; i < 70; ++i) {  // more than may be open at once
                if (i > 3 && count > 40'000) break;
                sums.push_back(ramp(count, rank, options));
                pending.push_back(ranks.allReduceSumAsync(sums.back(), "large_sum"));
            }
            at::Tensor small = at::full({2}, 1.0).to(device);
            ranks.allReduceSum(small, "small_between");
            check(small[1].item<double>() == size, "the small sum between large ones");
            std::this_thread::sleep_for(std::chrono::milliseconds((rank * 7) % 20));
            for (auto next = pending.rbegin(); next != pending.rend(); ++next) (*next)->wait();
            for (const at::Tensor& found : sums) check(at::equal(found, sum), "large allReduceSum");

            at::Tensor all = at::empty({count * size}, options);
            ranks.allGatherAsync(all, ramp(count, rank, options), "large_gather")->wait();
            for (int r = 0; r < size; ++r)
                check(at::equal(all.narrow(0, r * count, count), ramp(count, r, options)), "large allGather");

            at::Tensor own = at::empty({count}, options);
            auto scattered = ranks.reduceScatterSumAsync(own, ramp(count * size, rank, options), "large_scatter");
            at::Tensor beside = ramp(count, rank, options);
            ranks.allReduceSum(beside, "large_beside");
            scattered->wait();
            at::Tensor whole = at::zeros({count * size}, options);
            for (int r = 0; r < size; ++r) whole += ramp(count * size, r, options);
            check(at::equal(own, whole.narrow(0, rank * count, count)) && at::equal(beside, sum), "large reduceScatterSum");

            // Rank r sends 1000 (r + q) rows of 3 to rank q; which rows they are shows where they came from.
            std::vector<std::int64_t> sent;
            for (int q = 0; q < size; ++q) sent.push_back(1000L * (rank + q));
            const std::int64_t rows = std::accumulate(sent.begin(), sent.end(), std::int64_t{0});
            const at::Tensor in = ramp(rows * 3, rank, options).view({rows, 3});
            at::Tensor out = at::empty({rows, 3}, options);
            ranks.allToAllAsync(out, in, sent, sent, "large_rows")->wait();
            std::int64_t row = 0;
            for (int q = 0; q < size; ++q) {
                std::int64_t all_rows_of_q = 0, before = 0;
                for (int to = 0; to < size; ++to) {
                    if (to == rank) before = all_rows_of_q;
                    all_rows_of_q += 1000L * (q + to);
                }
                const std::int64_t came = 1000L * (rank + q);
                const at::Tensor theirs = ramp(all_rows_of_q * 3, q, options).view({all_rows_of_q, 3});
                check(at::equal(out.narrow(0, row, came), theirs.narrow(0, before, came)), "large allToAll");
                row += came;
            }
        }
    }
}

}  // namespace switchyard::test
