// SPDX-License-Identifier: GPL-3.0-or-later
// Made-up but valid configurations in mixed YAML styles with comments, the same for the same seed.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/base/config/schema.h"
#include "core/base/util/random.h"

namespace switchyard::test {

class RandomConfig {
public:
    explicit RandomConfig(std::uint64_t seed) : random_(randomKey({seed, 4711})) {
        newline_ = chance(5) ? "\r\n" : "\n";
        step_ = 1 + random_.below(4);
    }

    std::string make() {
        std::string out;
        if (chance(3)) out += "# head: {not: yaml, \"nor this" + newline_;
        if (chance(6)) out += "---" + newline_;
        out += block("", 0);
        if (chance(4) && out.size() > 2) out.erase(out.find_last_not_of("\r\n") + 1);
        return out;
    }

private:
    bool chance(std::uint64_t n) { return random_.below(n) == 0; }
    template <std::size_t N>
    std::string pick(const std::array<const char*, N>& words) {
        return words[random_.below(N)];
    }

    std::string comment() {
        static constexpr std::array<const char*, 6> kComments = {"# plain", "# a: b, {c]", "#  \xC3\xA9 \"quote",
                                                                 "# 'x",    "#",           "# 12"};
        return chance(3) ? std::string(1 + random_.below(3), ' ') + pick(kComments) : "";
    }

    std::string name(const std::string& word) {
        return chance(9) ? '"' + word + '"' : chance(12) ? '\'' + word + '\'' : word;
    }

    /// Names right below a section, some of them, in any order.
    std::vector<std::string> children(const std::string& section) {
        std::vector<std::string> names, picked;
        for (const KeySpec& key : schema()) {
            if (!section.empty() && key.path.rfind(section + ".", 0) != 0) continue;
            const std::size_t from = section.empty() ? 0 : section.size() + 1;
            const std::string child = key.path.substr(from, key.path.find('.', from) - from);
            if (std::find(names.begin(), names.end(), child) == names.end()) names.push_back(child);
        }
        for (const std::string& child : names)
            if (!chance(3)) picked.insert(picked.begin() + static_cast<long>(random_.below(picked.size() + 1)), child);
        return picked;
    }

    /// Keys that no rule ties to others.
    static bool isFree(const std::string& path) {
        static const std::vector<std::string> kFree = {"run.seed",
                                                       "log.every",
                                                       "probe.every",
                                                       "probe.samples",
                                                       "checkpoint.every",
                                                       "checkpoint.keep",
                                                       "data.workers",
                                                       "parallel.threads",
                                                       "optim.warmup_steps",
                                                       "model.moe.min_capacity",
                                                       "data.synthetic.eval_samples"};
        return std::find(kFree.begin(), kFree.end(), path) != kFree.end();
    }

    std::string text(bool flow) {
        static constexpr std::array<const char*, 7> kTexts = {
            "word", "\"a, {b}: #c\"", "'it''s # 1'", "two words", "\"q\\\"\"", "\"\xE2\x82\xAC\"", "a#b"};
        return !flow && chance(6) ? "x:y, [z" : pick(kTexts);
    }

    std::string scalar(const KeySpec& key, bool flow) {
        static constexpr std::array<const char*, 5> kReals = {"0.5", "5.0e-1", "2.5E-1", ".25", "0.50"};
        switch (key.kind) {
            case ValueKind::kBool:
                return key.path == "optim.in_backward" ? "false" : chance(2) ? "true" : "false";  // it asks for fsdp
            case ValueKind::kInt:
                return isFree(key.path) ? std::to_string(2 + random_.below(60)) : formatValue(key, key.default_value);
            case ValueKind::kReal:
                return key.path == "train.epochs" || key.max < 0.6 ? formatValue(key, key.default_value)
                       : key.min > 0.5                             ? formatValue(key, key.min)
                                                                   : pick(kReals);
            case ValueKind::kText:
                return text(flow);
            case ValueKind::kChoice:
                return formatValue(key, key.default_value);
            case ValueKind::kRealList:
                return pick(kReals);
            case ValueKind::kTextList:
                return key.choices.empty() ? text(flow) : key.choices.front();
        }
        return "";
    }

    static std::size_t items(const KeySpec& key) {
        if (key.kind == ValueKind::kRealList) return std::get<std::vector<double>>(key.default_value).size();
        return key.choices.empty() ? 2 : 1;
    }

    std::string flow(const std::string& path) {
        const KeySpec* key = findKey(path);
        std::string out;
        if (key == nullptr) {
            const auto names = children(path);
            out = chance(2) ? "{" : "{ ";
            for (std::size_t i = 0; i < names.size(); ++i)
                out += (i > 0 ? (chance(3) ? " , " : ", ") : "") + name(names[i]) + ": " + flow(path + "." + names[i]);
            return out + (chance(6) && !names.empty() ? "," : "") + (chance(2) ? "}" : " }");
        }
        if (key->kind != ValueKind::kTextList && key->kind != ValueKind::kRealList) return scalar(*key, true);
        for (std::size_t i = 0; i < items(*key); ++i)
            out += (i > 0 ? (chance(3) ? ",  " : ", ") : "") + scalar(*key, true);
        return "[" + out + "]";
    }

    std::string value(const std::string& path, std::size_t indent) {
        const KeySpec* key = findKey(path);
        if (chance(3)) return " " + flow(path) + comment() + newline_;
        if (key == nullptr) {
            const std::string inner = block(path, indent + step_);
            return comment() + newline_ + inner;
        }
        if (key->kind == ValueKind::kTextList || key->kind == ValueKind::kRealList) {
            if (items(*key) == 0) return " []" + comment() + newline_;
            std::string out = comment() + newline_;
            const std::size_t inner = indent + (chance(2) ? 0 : step_);
            for (std::size_t i = 0; i < items(*key); ++i) {
                if (chance(6)) out += std::string(inner, ' ') + "# in the list" + newline_;
                out += std::string(inner, ' ') + "- " + scalar(*key, false) + comment() + newline_;
            }
            return out;
        }
        if (key->path == "run.note" && chance(3)) {
            std::string out = std::string(chance(2) ? " |" : " >-") + newline_;
            for (std::uint64_t i = 1 + random_.below(3); i > 0; --i)
                out += std::string(indent + 2, ' ') + "line: # no comment" + newline_;
            return out;
        }
        return std::string(1 + random_.below(3), ' ') + scalar(*key, false) + comment() + newline_;
    }

    std::string block(const std::string& path, std::size_t indent) {
        std::string out;
        for (const std::string& child : children(path)) {
            if (chance(6)) out += std::string(indent, ' ') + "# about " + child + newline_;
            if (chance(8)) out += newline_;
            out += std::string(indent, ' ') + name(child) + (chance(10) ? " :" : ":") +
                   value(path.empty() ? child : path + "." + child, indent);
        }
        return out;
    }

    RandomSequence random_;
    std::string newline_;
    std::size_t step_;
};

inline std::string randomConfig(std::uint64_t seed) {
    return RandomConfig(seed).make();
}

}  // namespace switchyard::test
