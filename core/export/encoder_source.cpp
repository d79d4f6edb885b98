// SPDX-License-Identifier: MIT
// The encoders and fusion as core/model/{text,vision,fusion} compute them.
#include <cstdio>

#include "core/base/config/moe_layers.h"
#include "core/export/script_source.h"

namespace switchyard::script {
namespace {

std::string text(std::int64_t number) {
    return std::to_string(number);
}

/// A block of either encoder.
struct BlockForm {
    std::int64_t dim, heads;
    double eps;
    bool post, sparse, relu;
};

std::string denseFfn(const std::string& x, const std::string& to, bool relu) {
    return std::string("    hidden = ") + linearOf(x, "self.ffn.fc1") + "\n    " + to + " = " +
           linearOf(relu ? "torch.relu(hidden)" : "torch.gelu(hidden)", "self.ffn.fc2") + "\n";
}

std::string blockSource(const BlockForm& form) {
    const auto norm = [&](const char* x, const char* module) { return normOf(x, module, form.dim, form.eps); };
    std::string code =
        "def forward(self, x: Tensor, mask: Optional[Tensor], rows: Tensor, sizes: List[int]) -> Tensor:\n";
    code +=
        std::string("    qkv = ") + linearOf(form.post ? "x" : norm("x", "self.norm1"), "self.attention.qkv") + "\n";
    code += std::string("    qkv = torch.reshape(qkv, [x.size(0), x.size(1), 3, ") + text(form.heads) + ", " +
            text(form.dim / form.heads) + "])\n";
    code += "    parts = torch.unbind(torch.permute(qkv, [2, 0, 3, 1, 4]), 0)\n";
    code += "    y = torch.scaled_dot_product_attention(parts[0], parts[1], parts[2], mask)\n";
    code += "    y = torch.reshape(torch.transpose(y, 1, 2), x.size())\n";
    code += std::string("    x = torch.add(x, ") + linearOf("y", "self.attention.out") + ")\n";
    if (form.post) code += std::string("    x = ") + norm("x", "self.norm1") + "\n";
    code += std::string("    h = ") + (form.post ? std::string("x") : norm("x", "self.norm2")) + "\n";
    code += form.sparse ? "    h = self.moe.forward(h, rows, sizes)\n" : denseFfn("h", "h", form.relu);
    code += "    x = torch.add(x, h)\n";
    if (form.post) code += std::string("    x = ") + norm("x", "self.norm2") + "\n";
    return code + "    return x\n";
}

void addBlocks(const std::string& encoder, std::int64_t layers, std::int64_t moe_every, BlockForm form,
               const RunConfig& config, config::MoePart part, std::vector<Source>* sources, std::string* calls) {
    std::int64_t nth = 0;
    for (std::int64_t i = 0; i < layers; ++i) {
        const std::string path = encoder + ".blocks." + text(i);
        form.sparse = config.model.moe.experts > 0 && moe_every > 0 && (i + 1) % moe_every == 0;
        if (form.sparse) sources->emplace_back(path + ".moe", moeSource(config::moeOf(config, part, nth++), form.dim));
        sources->emplace_back(path, blockSource(form));
        *calls += std::string("    x = getattr(self.blocks, \"") + text(i) + "\").forward(x, mask, rows, sizes)\n";
    }
}

/// What the attention's scores get added: 0, ALiBi, or less where a token stands behind the reader.
std::string textMask(const RunConfig::Text& options) {
    std::string code;
    if (options.position == Position::kAlibi) {
        code +=
            "    at = torch.arange(length, dtype=7, device=token_ids.device)\n"
            "    distance = torch.abs(torch.sub(torch.unsqueeze(at, 0), torch.unsqueeze(at, 1)))\n"
            "    bias = torch.mul(torch.unsqueeze(distance, 0), torch.reshape(torch.neg(self.alibi_slopes), [-1, 1, "
            "1]))\n";
    } else {
        code = "    bias = torch.zeros([1, 1, length], dtype=7, device=token_ids.device)\n";
    }
    if (options.causal) {
        code +=
            "    ahead = torch.gt(torch.unsqueeze(place, 0), torch.unsqueeze(place, 1))\n"
            "    bias = torch.masked_fill(bias, ahead, float('-inf'))\n";
    }
    return code +
           "    bias = torch.unsqueeze(bias, 0).to(x.dtype)\n"
           "    mask = bias\n"
           "    if not bool(torch.all(real)):\n"
           "        absent = torch.unsqueeze(torch.unsqueeze(torch.logical_not(real), 1), 1)\n"
           "        mask = torch.masked_fill(bias, absent, float('-inf'))\n";
}

}  // namespace

std::string literal(double value) {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.17g", value);
    const std::string out = digits;
    return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}

std::string linearOf(const std::string& x, const std::string& module) {
    return std::string("torch.linear(") + x + ", " + module + ".weight, " + module + ".bias)";
}

std::string normOf(const std::string& x, const std::string& module, std::int64_t dim, double eps) {
    return std::string("torch.layer_norm(") + x + ", [" + text(dim) + "], " + module + ".weight, " + module +
           ".bias, " + literal(eps) + ")";
}

std::vector<Source> textSources(const RunConfig& config) {
    const RunConfig::Text& options = config.model.text;
    const bool post = options.norm == NormPlace::kPost;
    std::vector<Source> sources;
    std::string calls;
    addBlocks(
        "text", options.layers, options.moe_every,
        {options.dim, options.heads, options.norm_eps, post, false, config.model.moe.activation == Activation::kRelu},
        config, config::MoePart::kText, &sources, &calls);
    const std::string norm = std::string("    x = ") + normOf("x", "self.norm", options.dim, options.norm_eps) + "\n";
    const std::string longest = text(options.max_tokens);
    std::string code = R"(
def real(self, hidden: Tensor, lengths: Tensor) -> Tensor:
    place = torch.arange(hidden.size(1), device=hidden.device)
    return torch.lt(torch.unsqueeze(place, 0), torch.unsqueeze(lengths, 1))

def mean(self, hidden: Tensor, of: Tensor) -> Tensor:
    share = torch.unsqueeze(of, -1).to(hidden.dtype)
    return torch.div(torch.sum(torch.mul(hidden, share), [1]), torch.clamp_min(torch.sum(share, [1]), 1.0))

def means(self, hidden: Tensor, lengths: Tensor, token_types: Tensor) -> Tuple[Tensor, Tensor]:
    there = self.real(hidden, lengths)
    second = torch.ne(token_types, 0)
    u = self.mean(hidden, torch.logical_and(there, torch.logical_not(second)))
    v = self.mean(hidden, torch.logical_and(there, second))
    return (u, v)

def pool(self, hidden: Tensor, lengths: Tensor) -> Tensor:
)";
    code += options.pool == Pool::kMean ? "    return self.mean(hidden, self.real(hidden, lengths))\n"
                                        : "    return torch.select(hidden, 1, 0)\n";
    code +=
        "\ndef forward(self, token_ids: Tensor, lengths: Tensor, token_types: Tensor) -> Tensor:\n    length = "
        "token_ids.size(1)\n";
    code += std::string("    assert length <= ") + longest + ", \"a text has more than " + longest + " tokens\"\n";
    code +=
        "    assert int(torch.min(lengths)) >= 1 and int(torch.max(lengths)) <= length, \"a length is not between 1 "
        "and the number of tokens\"\n";
    code += R"(    place = torch.arange(length, device=token_ids.device)
    real = torch.lt(torch.unsqueeze(place, 0), torch.unsqueeze(lengths, 1))
    x = torch.embedding(self.embedding.weight, torch.masked_fill(token_ids, torch.logical_not(real), 0))
)";
    if (options.position == Position::kLearned)
        code += "    x = torch.add(x, torch.narrow(self.position, 0, 0, length))\n";
    if (options.token_types > 0)
        code +=
            "    x = torch.add(x, torch.embedding(self.type_embedding.weight, torch.masked_fill(token_types, "
            "torch.logical_not(real), 0)))\n";
    if (post) code += norm;
    code += textMask(options);
    code += std::string(
                "    rows = torch.squeeze(torch.nonzero(torch.flatten(real)), 1)\n    sizes : List[int] = "
                "lengths.tolist()\n") +
            calls;
    if (!post) code += norm;
    sources.emplace_back("text", code + "    return x\n");
    return sources;
}

std::vector<Source> visionSources(const RunConfig& config) {
    const RunConfig::Vision& options = config.model.vision;
    const std::int64_t patch = options.patch_size, grid = options.image_size / patch;
    std::vector<Source> sources;
    std::string calls, code;
    addBlocks(
        "vision", options.layers, options.moe_every,
        {options.dim, options.heads, options.norm_eps, false, false, config.model.moe.activation == Activation::kRelu},
        config, config::MoePart::kVision, &sources, &calls);
    code = "def forward(self, images: Tensor) -> Tensor:\n    batch = images.size(0)\n";
    code += std::string("    assert images.size() == [batch, 3, ") + text(options.image_size) + ", " +
            text(options.image_size) + "], \"pictures are [B, 3, " + text(options.image_size) + ", " +
            text(options.image_size) + "]\"\n    x = images.to(self.position.dtype)\n";
    if (options.stem == Stem::kLinear) {
        code += std::string("    x = torch.reshape(x, [batch, 3, ") + text(grid) + ", " + text(patch) + ", " +
                text(grid) + ", " + text(patch) + "])\n";
        code += std::string("    x = torch.reshape(torch.permute(x, [0, 2, 4, 1, 3, 5]), [batch, ") +
                text(grid * grid) + ", " + text(3 * patch * patch) + "])\n";
        code += std::string("    x = ") + linearOf("x", "self.stem.linear") + "\n";
    } else {
        std::int64_t last = 0;
        while ((std::int64_t{1} << last) < patch) ++last;
        for (std::int64_t i = 0; i <= last; ++i) {
            const std::string conv = std::string("getattr(self.stem.convs, \"") + text(i) + "\")";
            if (i > 0) code += "    x = torch.gelu(x)\n";
            code += std::string("    x = torch.conv2d(x, ") + conv + ".weight, " + conv + ".bias, " +
                    (i == last ? "[1, 1], [0, 0]" : "[2, 2], [1, 1]") + ")\n";
        }
        code += "    x = torch.transpose(torch.flatten(x, 2), 1, 2)\n";
    }
    if (options.class_token)
        code +=
            "    x = torch.cat([torch.expand(torch.reshape(self.class_embedding, [1, 1, -1]), [batch, 1, -1]), x], "
            "1)\n";
    code += "    x = torch.add(x, self.position)\n";
    if (options.input_norm)
        code += std::string("    x = ") + normOf("x", "self.input_norm", options.dim, options.norm_eps) + "\n";
    code +=
        "    rows = torch.arange(batch * x.size(1), device=x.device)\n    sizes = [x.size(1)] * batch\n    mask : "
        "Optional[Tensor] = None\n" +
        calls;
    code += std::string("    return ") + normOf("x", "self.norm", options.dim, options.norm_eps) +
            "\n\ndef pool(self, patches: Tensor) -> Tensor:\n";
    code += options.pool == Pool::kMean ? "    return torch.mean(patches, [1])\n"
                                        : "    return torch.select(patches, 1, 0)\n";
    sources.emplace_back("vision", code);
    return sources;
}

std::vector<Source> fusionSources(const RunConfig& config) {
    const RunConfig::Fusion& options = config.model.fusion;
    const bool sparse = options.moe && config.model.moe.experts > 0;
    const std::string dim = text(options.dim);
    const auto norm = [&](const char* x, const char* module) { return normOf(x, module, options.dim, 1e-5); };
    std::string block = std::string(
                            "def heads(self, x: Tensor) -> Tensor:\n    return torch.transpose(torch.reshape(x, "
                            "[x.size(0), x.size(1), ") +
                        text(options.heads) + ", " + text(options.dim / options.heads) + "]), 1, 2)\n";
    block += std::string(
                 "\ndef read(self, q: Tensor, kv: Tensor, mask: Optional[Tensor]) -> Tensor:\n    parts = "
                 "torch.split(kv, ") +
             dim + ", -1)\n";
    block +=
        "    y = torch.scaled_dot_product_attention(self.heads(q), self.heads(parts[0]), self.heads(parts[1]), mask)\n"
        "    return torch.reshape(torch.transpose(y, 1, 2), q.size())\n";
    block +=
        "\ndef forward(self, t: Tensor, i: Tensor, mask: Tensor, rows: Tensor, sizes: List[int]) -> Tuple[Tensor, "
        "Tensor]:\n";
    block +=
        std::string("    nt = ") + norm("t", "self.text_norm") + "\n    ni = " + norm("i", "self.image_norm") + "\n";
    block += std::string("    rt = self.read(") + linearOf("nt", "self.text_q") + ", " +
             linearOf("ni", "self.image_kv") + ", None)\n";
    block += std::string("    ri = self.read(") + linearOf("ni", "self.image_q") + ", " +
             linearOf("nt", "self.text_kv") + ", mask)\n";
    block += std::string("    both = torch.cat([torch.add(t, ") + linearOf("rt", "self.text_out") + "), torch.add(i, " +
             linearOf("ri", "self.image_out") + ")], 1)\n";
    block += std::string("    h = ") + norm("both", "self.ffn_norm") + "\n";
    block += sparse ? std::string("    h = self.moe.forward(h, rows, sizes)\n")
                    : denseFfn("h", "h", config.model.moe.activation == Activation::kRelu);
    block +=
        "    both = torch.add(both, h)\n    return (torch.narrow(both, 1, 0, t.size(1)), torch.narrow(both, 1, "
        "t.size(1), i.size(1)))\n";
    std::vector<Source> sources;
    std::string calls;
    for (std::int64_t n = 0; n < options.layers; ++n) {
        const std::string path = std::string("fusion.blocks.") + text(n);
        if (sparse) sources.emplace_back(path + ".moe", moeSource(config::moeOf(config, config::MoePart::kFusion, n), options.dim));
        sources.emplace_back(path, block);
        calls += std::string("    t, i = getattr(self.blocks, \"") + text(n) + "\").forward(t, i, mask, rows, sizes)\n";
    }
    std::string code = "def forward(self, text: Tensor, lengths: Tensor, patches: Tensor) -> Tensor:\n";
    code += std::string("    t = ") + linearOf("text", "self.text_in") +
            "\n    i = " + linearOf("patches", "self.image_in") + "\n";
    code +=
        R"(    real = torch.lt(torch.unsqueeze(torch.arange(t.size(1), device=t.device), 0), torch.unsqueeze(lengths, 1))
    mask = torch.zeros([t.size(0), 1, 1, t.size(1)], dtype=t.dtype, device=t.device)
    mask = torch.masked_fill(mask, torch.unsqueeze(torch.unsqueeze(torch.logical_not(real), 1), 1), float('-inf'))
    there = torch.cat([real, torch.ones([t.size(0), i.size(1)], dtype=11, device=t.device)], 1)
    rows = torch.squeeze(torch.nonzero(torch.flatten(there)), 1)
    sizes : List[int] = torch.add(lengths, i.size(1)).tolist()
)" + calls;
    code += std::string("    t = ") + norm("t", "self.text_norm") + "\n    i = " + norm("i", "self.image_norm") + "\n";
    code += R"(    share = torch.unsqueeze(real, -1).to(t.dtype)
    mean = torch.div(torch.sum(torch.mul(t, share), [1]), torch.sum(share, [1]))
    return torch.cat([mean, torch.mean(i, [1])], -1)
)";
    sources.emplace_back("fusion", code);
    return sources;
}

}  // namespace switchyard::script
