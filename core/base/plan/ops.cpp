// SPDX-License-Identifier: MIT
#include "core/base/plan/ops.h"

#include <algorithm>
#include <utility>

namespace switchyard::plan {

Buffer Casts::of(int parameter) {
    if (!widths_.mixed() || parameter < 0) return {};
    if (const auto found = kept_.find(parameter); found != kept_.end()) return found->second;
    const ParameterTensor& tensor = list_[static_cast<std::size_t>(parameter)];
    Buffer copy(pool_, static_cast<double>(tensor.count) * widths_.compute, Part::kWeights);
    if (tensor.trained) kept_.emplace(parameter, copy);  // autocast keeps no copy of what is not trained
    return copy;
}

void Ops::want(Step* step, int parameter, double width, bool inside) const {
    if (!trained(parameter)) return;
    const auto numbers = static_cast<double>(list_[static_cast<std::size_t>(parameter)].count);
    step->parameters.push_back({parameter, numbers * width, numbers * widths_.weight, inside});
}

void Ops::countProduct(double rows, double in, double out, bool weight_gradient, bool input_gradient, double times) {
    work_.product(rows, in, out, times);
    if (!graph_.recording) return;
    if (weight_gradient) work_.product(in, rows, out, times);
    if (input_gradient) work_.product(rows, out, in, times);
}

Value Ops::map(const Value& x, double numbers, double width, std::vector<Buffer> saved, std::vector<double> scratch) {
    Step step;
    step.saved = std::move(saved);
    step.scratch = std::move(scratch);
    step.to.emplace_back(x, x.bytes());
    const int node = graph_.add(std::move(step));
    return graph_.made(numbers, width, node);
}

Value Ops::cast(const Value& x, double width) {
    return x.width == width ? x : map(x, x.numbers, width, {});
}

Value Ops::linear(const Value& x, double rows, const LinearPlaces& of, double dropout) {
    products_.add(rows, static_cast<double>(of.in), static_cast<double>(of.out));
    const Value in = cast(x, widths_.compute);
    const Buffer weight = casts_.of(of.weight);
    countProduct(rows, static_cast<double>(of.in), static_cast<double>(of.out), trained(of.weight), in.step >= 0);
    Step step;
    if (trained(of.weight)) step.saved.push_back(in.data);
    if (in.step >= 0) step.saved.push_back(weight);
    want(&step, of.weight, widths_.compute);
    want(&step, of.bias, widths_.compute);
    step.to.emplace_back(in, in.bytes());
    const int node = graph_.add(std::move(step));
    Value y = graph_.made(rows * static_cast<double>(of.out), widths_.compute, node);
    return of.adapters.empty() ? y : adapters(in, std::move(y), rows, of, dropout);
}

/// y split into columns, the adapters' added, and joined again.
Value Ops::adapters(const Value& x, Value y, double rows, const LinearPlaces& of, double dropout) {
    std::vector<Value> pieces;
    std::vector<double> sizes;
    for (const LinearPlaces::Adapter& adapter : of.adapters)
        sizes.push_back(rows * static_cast<double>(adapter.columns));
    double rest = y.numbers;
    for (const double size : sizes) rest -= size;
    if (rest > 0.5) sizes.push_back(rest);
    pieces = sizes.size() == 1 ? std::vector<Value>{y} : split(y, sizes);
    y = {};
    for (std::size_t i = 0; i < of.adapters.size(); ++i) {
        const LinearPlaces::Adapter& adapter = of.adapters[i];
        const LinearPlaces a{adapter.a, -1, of.in, adapter.rank, {}},
            b{adapter.b, -1, adapter.rank, adapter.columns, {}};
        Value in = x;
        if (dropout > 0) in = map(x, x.numbers, x.width, {graph_.take(x.bytes())});
        const Value low = linear(linear(in, rows, a), rows, b);
        const Value scaled = map(low, low.numbers, low.width, {});
        pieces[i] = add(pieces[i], scaled);
    }
    return pieces.size() == 1 ? pieces.front() : cat(pieces);
}

Value Ops::norm(const Value& x, double rows, const NormPlaces& of) {
    Step step;
    step.saved = {x.data, graph_.take(2 * rows * 4)};
    want(&step, of.weight, widths_.weight);
    want(&step, of.bias, widths_.weight);
    step.to.emplace_back(x, x.bytes());
    if (x.step < 0 && step.parameters.empty()) step.saved.clear();
    const int node = graph_.add(std::move(step));
    return graph_.made(x.numbers, x.width, node);
}

Value Ops::activation(const Value& x) {
    return map(x, x.numbers, x.width, {x.data});
}

Value Ops::feedForward(const Value& x, double rows, const LinearPlaces& fc1, const LinearPlaces& fc2, bool relu,
                       double dropout) {
    const Value hidden = linear(x, rows, fc1, dropout);
    if (relu || !fc2.adapters.empty()) return linear(activation(hidden), rows, fc2, dropout);
    products_.add(rows, static_cast<double>(fc2.in), static_cast<double>(fc2.out));
    countProduct(rows, static_cast<double>(fc2.in), static_cast<double>(fc2.out), trained(fc2.weight),
                 hidden.step >= 0);
    // One node: the activation is computed again in the backward, beside its slope.
    const Buffer again =
        widths_.mixed() ? graph_.take(static_cast<double>(fc2.in * fc2.out) * widths_.compute) : Buffer();
    const Buffer active = graph_.take(hidden.bytes());
    Step step;
    step.saved = {hidden.data};
    step.scratch = {hidden.bytes(), hidden.bytes()};
    want(&step, fc2.weight, widths_.compute, /*inside=*/true);
    want(&step, fc2.bias, widths_.weight);
    if (widths_.mixed()) step.scratch.push_back(static_cast<double>(fc2.in * fc2.out) * widths_.compute);
    step.to.emplace_back(hidden, hidden.bytes());
    const int node = graph_.add(std::move(step));
    return graph_.made(rows * static_cast<double>(fc2.out), widths_.compute, node);
}

Value Ops::add(const Value& x, const Value& y, double dropout) {
    const double width = std::max(x.width, y.width);
    Step step;
    const auto own = [&](const Value& to) { return to.width != width ? to.bytes() : 0.0; };
    if (dropout > 0) step.saved.push_back(graph_.take(y.numbers));
    step.to.emplace_back(x, own(x));
    step.to.emplace_back(y, dropout > 0 ? y.bytes() : own(y));
    const int node = graph_.add(std::move(step));
    return graph_.made(std::max(x.numbers, y.numbers), width, node);
}

Value Ops::dropped(const Value& x, double dropout) {
    return dropout > 0 ? map(x, x.numbers, x.width, {graph_.take(x.numbers)}) : x;
}

Value Ops::cat(const std::vector<Value>& parts) {
    if (parts.size() == 1) return parts.front();
    Step step;
    double numbers = 0;
    for (const Value& part : parts) {
        step.to.emplace_back(part, 0.0);  // a view of the gradient
        numbers += part.numbers;
    }
    const int node = graph_.add(std::move(step));
    return graph_.made(numbers, parts.front().width, node);
}

std::vector<Value> Ops::split(const Value& x, const std::vector<double>& numbers) {
    // The parts' gradients wait until all are there: one node that joins them.
    Step step;
    step.to.emplace_back(x, x.bytes());
    const int node = graph_.add(std::move(step));
    std::vector<Value> parts;
    for (const double part : numbers) parts.push_back(Graph::seen(x, part, node, static_cast<int>(parts.size())));
    return parts;
}

Value Ops::chosenRows(const Value& x, double numbers) {
    return map(x, numbers, x.width, {});
}

Value Ops::attend(const Value& q, const Value& k, const Value& v, const Table& table) {
    const double head = table.dim / table.heads, tables = table.samples * table.heads;
    const double heads_rows = tables * table.queries;
    const Value wide_q = cast(q, widths_.score), wide_k = cast(k, widths_.score), wide_v = cast(v, widths_.score);
    const Buffer out = graph_.take(q.numbers * widths_.score);
    Step step;
    step.saved = {wide_q.data, wide_k.data, wide_v.data, out, graph_.take(heads_rows * 4)};
    // Two products there; back the scores once more and two for each of the gradients.
    const bool back = graph_.recording && (q.step >= 0 || k.step >= 0);
    work_.product(table.queries, head, table.keys, tables * (back ? 7 : 2));
    for (const Value* of : {&wide_q, &wide_k, &wide_v}) step.to.emplace_back(*of, of->bytes());
    const int node = graph_.add(std::move(step));
    const Value y{out, q.numbers, widths_.score, node, 0};
    return cast(y, q.width);
}

Value Ops::selfAttention(const Value& qkv, const std::vector<LengthRun>& runs, double dim, double heads) {
    std::vector<double> sizes;
    for (const LengthRun& run : runs) sizes.push_back(run.rows() * 3 * dim);
    const std::vector<Value> parts = runs.size() == 1 ? std::vector<Value>{qkv} : split(qkv, sizes);
    std::vector<Value> out;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const double rows = runs[i].rows();
        // From three gradients one tensor, then in the order of the rows.
        Step order;
        order.to.emplace_back(parts[i], parts[i].bytes());
        const Value ordered = Graph::seen(parts[i], parts[i].numbers, graph_.add(std::move(order)));
        Step stack;
        stack.to.emplace_back(ordered, parts[i].bytes());
        const int stacked = graph_.add(std::move(stack));
        std::vector<Value> qkv_parts;
        for (int j = 0; j < 3; ++j) qkv_parts.push_back(Graph::seen(parts[i], rows * dim, stacked, j));
        out.push_back(attend(qkv_parts[0], qkv_parts[1], qkv_parts[2],
                             {runs[i].samples, runs[i].length, runs[i].length, heads, dim}));
    }
    return cat(out);
}

Value Ops::crossAttention(const Value& q, const Value& kv, const std::vector<std::pair<LengthRun, LengthRun>>& runs,
                          double dim, double heads) {
    std::vector<double> of_q, of_kv;
    for (const auto& [query, key] : runs) {
        of_q.push_back(query.rows() * dim);
        of_kv.push_back(key.rows() * 2 * dim);
    }
    const bool one = runs.size() == 1;
    const std::vector<Value> queries = one ? std::vector<Value>{q} : split(q, of_q);
    const std::vector<Value> keys = one ? std::vector<Value>{kv} : split(kv, of_kv);
    std::vector<Value> out;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const std::vector<Value> halves = split(keys[i], {of_kv[i] / 2, of_kv[i] / 2});
        out.push_back(attend(queries[i], halves[0], halves[1],
                             {runs[i].first.samples, runs[i].first.length, runs[i].second.length, heads, dim}));
    }
    return cat(out);
}

}  // namespace switchyard::plan
