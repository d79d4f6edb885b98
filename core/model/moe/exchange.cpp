// SPDX-License-Identifier: MIT
// Expert parallelism: rows travel to the ranks that hold their experts.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "core/model/layers/compute_type.h"
#include "core/model/moe/moe_layer.h"
#include "core/parallel/collectives.h"

namespace switchyard::model {
namespace {

using Counts = std::vector<std::int64_t>;

std::int64_t total(const Counts& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

/// Rows on their way to other ranks' experts or back, and later their gradients the other way round.
struct Flight : torch::CustomClassHolder {
    Flight(parallel::Collectives& ranks, Counts to, Counts from, std::string called)
        : group(ranks), sent(std::move(to)), received(std::move(from)), name(std::move(called)) {}

    at::Tensor start(const at::Tensor& rows) { return start(rows, sent, received, name); }
    at::Tensor startBack(const at::Tensor& gradient) { return start(gradient, received, sent, name + ".backward"); }
    void wait() {
        if (pending) pending->wait();
        pending.reset();
        input = at::Tensor();
    }

    parallel::Collectives& group;
    Counts sent, received;
    std::string name;
    at::Tensor back;  ///< the rows' gradient, once it has been started

private:
    at::Tensor start(const at::Tensor& rows, const Counts& to, const Counts& from, const std::string& called) {
        input = rows.contiguous();
        at::Tensor out = at::empty({total(from), rows.size(1)}, rows.options());
        pending = group.allToAllAsync(out, input, from, to, called.c_str());
        return out;
    }
    std::unique_ptr<parallel::Pending> pending;
    at::Tensor input;  ///< is read until the exchange is over
};
using FlightPtr = c10::intrusive_ptr<Flight>;

Flight& flightOf(torch::autograd::AutogradContext* context) {
    return *c10::static_intrusive_pointer_cast<Flight>(context->saved_data["flight"].toCapsule());
}

// An exchange is two steps of the graph, and what is computed between them goes on beside it; in the backward likewise,
// as the graph is walked from its newest step to its oldest.

/// Starts; the values of what it returns come with Arrive.
class Depart : public torch::autograd::Function<Depart> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& rows,
                              const FlightPtr& flight) {
        context->saved_data["flight"] = c10::IValue::make_capsule(flight);
        return flight->start(rows);
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& /*gradients*/) {
        Flight& flight = flightOf(context);
        flight.wait();
        return {std::exchange(flight.back, at::Tensor()), at::Tensor()};
    }
};

class Arrive : public torch::autograd::Function<Arrive> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& rows,
                              const FlightPtr& flight) {
        context->saved_data["flight"] = c10::IValue::make_capsule(flight);
        flight->wait();
        return rows;
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        Flight& flight = flightOf(context);
        flight.back = flight.startBack(gradients[0]);
        return {gradients[0], at::Tensor()};  // Depart has the true one
    }
};

/// Rows that came, by source rank and expert, in the order by expert.
Dispatch sortReceived(const at::Tensor& counts) {  // [ranks, own experts]
    const std::int64_t ranks = counts.size(0), own = counts.size(1);
    const auto* count = counts.const_data_ptr<std::int64_t>();
    Dispatch dispatch;
    dispatch.offsets.assign(static_cast<std::size_t>(own) + 1, 0);
    const std::int64_t rows = std::accumulate(count, count + ranks * own, std::int64_t{0});
    dispatch.row_token = at::empty({rows}, at::kLong);
    auto* row = dispatch.row_token.mutable_data_ptr<std::int64_t>();
    std::int64_t next = 0;
    for (std::int64_t e = 0; e < own; ++e) {
        std::int64_t came = 0;  // rows before this rank's share for this expert
        for (std::int64_t r = 0; r < ranks; ++r) {
            const auto* of_rank = count + r * own;
            const std::int64_t first = came + std::accumulate(of_rank, of_rank + e, std::int64_t{0});
            for (std::int64_t i = 0; i < of_rank[e]; ++i) row[next++] = first + i;
            came += std::accumulate(of_rank, of_rank + own, std::int64_t{0});
        }
        dispatch.offsets[static_cast<std::size_t>(e) + 1] = next;
    }
    dispatch.row_choice = dispatch.row_token;  // one choice a row
    return dispatch;
}

Counts sumsOfRows(const at::Tensor& counts) {
    const at::Tensor sums = counts.sum(1);
    return {sums.const_data_ptr<std::int64_t>(), sums.const_data_ptr<std::int64_t>() + sums.numel()};
}

/// Own experts [first, first + count) of every rank, and their rows.
struct Part {
    std::int64_t first = 0, count = 0;
    at::Tensor token, choice;  ///< [rows sent]
    Dispatch local;            ///< of the rows received
    at::Tensor received;       ///< [ranks, count] rows
    FlightPtr there, back;
    at::Tensor rows;  ///< received, later to be sent back, last what came back
};

/// As even as can be.
std::vector<Part> partsOf(std::int64_t own, std::int64_t parts) {
    std::vector<Part> list(static_cast<std::size_t>(std::clamp<std::int64_t>(parts, 1, own)));
    const auto count = static_cast<std::int64_t>(list.size());
    for (std::int64_t i = 0; i < count; ++i) {
        Part& part = list[static_cast<std::size_t>(i)];
        part.first = i * own / count;
        part.count = (i + 1) * own / count - part.first;
    }
    return list;
}

/// The part's experts of each rank in turn, from a list that is sorted by expert.
at::Tensor rowsOf(const Part& part, const at::Tensor& sorted, const std::vector<std::int64_t>& offsets,
                  std::int64_t ranks, std::int64_t own) {
    std::vector<at::Tensor> slices;
    for (std::int64_t rank = 0; rank < ranks; ++rank) {
        const auto expert = static_cast<std::size_t>(rank * own + part.first);
        const std::int64_t begin = offsets[expert], end = offsets[expert + static_cast<std::size_t>(part.count)];
        slices.push_back(sorted.narrow(0, begin, end - begin));
    }
    return at::cat(slices);
}

at::Tensor computeRows(const Part& part, const at::Tensor& w1, const at::Tensor& b1, const at::Tensor& w2,
                       const at::Tensor& b2, const at::TensorOptions& weight_options, std::int64_t ranks,
                       const ExpertFfnOptions& options) {
    if (part.rows.device().is_cpu()) {
        const at::Tensor ones = at::ones({part.rows.size(0), 1}, weight_options);
        return expertFfn(part.rows, w1, b1, w2, b2, ones, part.local, options);
    }
    RoutingRecord one;  // each row has its one expert
    one.num_experts = part.count;
    const at::Tensor numbers = at::arange(part.count, at::kLong).repeat({ranks});
    one.experts = at::repeat_interleave(numbers, part.received.flatten()).unsqueeze(1).to(part.rows.device());
    one.dropped = at::zeros_like(one.experts, at::kBool);
    one.weights = at::ones(one.experts.sizes(), weight_options);
    return groupedExpertFfn(part.rows, w1, b1, w2, b2, one, options.activation, /*may_drop=*/false);
}

/// Slices along the experts, one for each part; their gradients are put together again at once.
std::vector<at::Tensor> slicesOf(const at::Tensor& weights, const std::vector<Part>& parts) {
    if (parts.size() == 1 || !weights.defined()) return std::vector<at::Tensor>(parts.size(), weights);
    std::vector<std::int64_t> sizes;
    for (const Part& part : parts) sizes.push_back(part.count);
    return weights.split_with_sizes(sizes, 0);
}

}  // namespace

at::Tensor exchangedExpertFfn(const at::Tensor& x, const at::Tensor& w1, const at::Tensor& b1, const at::Tensor& w2,
                              const at::Tensor& b2, const RoutingRecord& record, const ExpertFfnOptions& options,
                              parallel::Collectives& experts, std::int64_t chunks) {
    const at::ScalarType type = computeType(x, w1);
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
    const std::int64_t ranks = experts.size(), own = record.num_experts / ranks;
    const Dispatch dispatch = makeDispatch(record);

    at::Tensor sent = at::empty({ranks, own}, at::kLong), received = at::empty({ranks, own}, at::kLong);
    for (std::int64_t e = 0; e < record.num_experts; ++e) {
        sent.mutable_data_ptr<std::int64_t>()[e] =
            dispatch.offsets[static_cast<std::size_t>(e) + 1] - dispatch.offsets[static_cast<std::size_t>(e)];
    }
    sent = sent.to(x.device());
    received = received.to(x.device());
    const std::string name = record.layer;
    experts.allToAllAsync(received, sent, {}, {}, (name + ".counts").c_str())->wait();
    received = received.cpu();
    sent = sent.cpu();

    const at::Tensor rows = x.to(type);
    std::vector<Part> parts = partsOf(own, chunks);
    for (Part& part : parts) {
        part.token = rowsOf(part, dispatch.row_token, dispatch.offsets, ranks, own).to(x.device());
        part.choice = rowsOf(part, dispatch.row_choice, dispatch.offsets, ranks, own).to(x.device());
        part.received = received.narrow(1, part.first, part.count).contiguous();
        part.local = sortReceived(part.received);
        const Counts to = sumsOfRows(sent.narrow(1, part.first, part.count)), from = sumsOfRows(part.received);
        part.there = c10::make_intrusive<Flight>(experts, to, from, name + ".dispatch");
        part.back = c10::make_intrusive<Flight>(experts, from, to, name + ".combine");
    }
    const auto w1s = slicesOf(w1, parts), b1s = slicesOf(b1, parts), w2s = slicesOf(w2, parts),
               b2s = slicesOf(b2, parts);
    const at::TensorOptions weight_options = record.weights.options().requires_grad(false);
    const auto depart = [&](Part& part) { part.rows = Depart::apply(rows.index_select(0, part.token), part.there); };
    depart(parts.front());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i + 1 < parts.size()) depart(parts[i + 1]);  // travels while this one computes
        Part& part = parts[i];
        part.rows = Arrive::apply(part.rows, part.there);
        part.rows =
            Depart::apply(computeRows(part, w1s[i], b1s[i], w2s[i], b2s[i], weight_options, ranks, options), part.back);
    }
    at::Tensor y = at::zeros({x.size(0), x.size(1)}, weight_options);
    for (Part& part : parts) {
        const at::Tensor back = Arrive::apply(part.rows, part.back);
        const at::Tensor weight = record.weights.reshape({-1}).index_select(0, part.choice).unsqueeze(1);
        y = y.index_add(0, part.token, back.to(weight.scalar_type()) * weight);
    }
    return y.to(type);
}

}  // namespace switchyard::model
