// SPDX-License-Identifier: MIT
#include "core/base/plan/replay.h"

#include <algorithm>

namespace switchyard::plan {

Buffer::Buffer(MemoryPool& pool, double bytes, Part part)
    : block_(std::make_shared<Block>(pool, pool.take(bytes, part), bytes)) {}

void Buffer::turnInto(Part part) const {
    if (block_) block_->pool.turnInto(block_->number, part);
}

int Graph::add(Step step) {
    if (!recording) return -1;
    const bool wanted = step.instead || !step.parameters.empty() ||
                        std::any_of(step.to.begin(), step.to.end(), [](const Step::To& to) { return to.step >= 0; });
    if (!wanted) return -1;
    steps_.push_back(std::move(step));
    gradients_.emplace_back();
    return static_cast<int>(steps_.size()) - 1;
}

Value Graph::made(double numbers, double width, int step, Part part) {
    return {take(numbers * width, part), numbers, width, step, 0};
}

Value Graph::seen(const Value& of, double numbers, int step, int slot) {
    return {of.data, numbers, of.width, step, slot};
}

void Graph::deliver(int step, int slot, Buffer gradient) {
    if (step < 0) return;
    std::vector<Buffer>& all = gradients_[static_cast<std::size_t>(step)];
    if (all.size() <= static_cast<std::size_t>(slot)) all.resize(static_cast<std::size_t>(slot) + 1);
    Buffer& arrived = all[static_cast<std::size_t>(slot)];
    if (!arrived) {
        arrived = std::move(gradient);
    } else if (!arrived.unique()) {
        arrived = take(arrived.bytes());  // the sum takes the place only of one that nobody else looks at
    }
}

void Graph::run(Step& step, std::vector<Buffer>& gradient) {
    if (step.instead) {
        step.instead(gradient);
        return;
    }
    if (step.exchanges) step.exchanges();
    std::vector<Buffer> scratch;
    for (const double bytes : step.scratch) scratch.push_back(take(bytes));
    std::vector<std::pair<ParameterGradient, Buffer>> finished;
    const auto stored = [&](const ParameterGradient& of, Buffer& buffer) {
        if (of.stored != of.computed) buffer = take(of.stored);
    };
    for (const ParameterGradient& of : step.parameters) {
        finished.emplace_back(of, take(of.computed));
        if (of.inside) stored(of, finished.back().second);
    }
    std::vector<std::pair<const Step::To*, Buffer>> sent;
    for (const Step::To& to : step.to) {
        if (to.step >= 0) sent.emplace_back(&to, to.bytes > 0 ? take(to.bytes, to.part) : gradient.front());
    }
    scratch.clear();
    gradient.clear();
    step.saved.clear();
    for (auto& [of, buffer] : finished) {
        if (!of.inside) stored(of, buffer);
        ready_(of.parameter, std::move(buffer));
    }
    for (auto& [to, buffer] : sent) deliver(to->step, to->slot, std::move(buffer));
}

void Graph::backward(int from, Buffer gradient) {
    if (from < 0) return;
    deliver(from, 0, std::move(gradient));
    for (int i = static_cast<int>(steps_.size()) - 1; i >= 0; --i) {
        const auto at = static_cast<std::size_t>(i);
        std::vector<Buffer> arrived = std::move(gradients_[at]);
        gradients_[at].clear();
        if (!arrived.empty()) {
            Step step = std::move(steps_[at]);
            run(step, arrived);
        }
        steps_[at] = {};
    }
    steps_.clear();
    gradients_.clear();
}

}  // namespace switchyard::plan
