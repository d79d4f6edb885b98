// SPDX-License-Identifier: MIT
// The gather of features, with the way back for their gradients.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "core/parallel/collectives.h"

namespace switchyard::parallel {
namespace {

class GatherFunction : public torch::autograd::Function<GatherFunction> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& tensor,
                              std::int64_t collectives, const std::string& name) {
        context->saved_data["collectives"] = collectives;
        context->saved_data["name"] = name;
        return reinterpret_cast<Collectives*>(collectives)->allGather(tensor, name.c_str());
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        auto& collectives = *reinterpret_cast<Collectives*>(context->saved_data["collectives"].toInt());
        const std::string name = context->saved_data["name"].toStringRef() + ".backward";
        at::Tensor sum = gradients[0].contiguous().clone();
        collectives.allReduceSum(sum, name.c_str());
        const std::int64_t rows = sum.size(0) / collectives.size();
        return {sum.narrow(0, collectives.rank() * rows, rows), at::Tensor(), at::Tensor()};
    }
};

}  // namespace

at::Tensor allGatherWithGradient(const at::Tensor& tensor, Collectives& collectives, const char* name) {
    return GatherFunction::apply(tensor, reinterpret_cast<std::int64_t>(&collectives), std::string(name));
}

}  // namespace switchyard::parallel
