// SPDX-License-Identifier: MIT
#include "core/base/io/strict_json.h"

#include <set>
#include <vector>

#include "core/base/io/jsonl.h"

namespace switchyard::io {
namespace {

using nlohmann::json;

/// Looks at the structure before anything is built, so that depth costs no memory.
class StructureCheck : public nlohmann::json_sax<json> {
public:
    StructureCheck(int max_depth, std::size_t max_values)
        : max_depth_(static_cast<std::size_t>(max_depth)), max_values_(max_values) {}
    const std::string& problem() const { return problem_; }

    bool null() override { return count(); }
    bool boolean(bool) override { return count(); }
    bool number_integer(number_integer_t) override { return count(); }
    bool number_unsigned(number_unsigned_t) override { return count(); }
    bool number_float(number_float_t, const string_t&) override { return count(); }
    bool string(string_t&) override { return count(); }
    bool binary(binary_t&) override { return count(); }
    bool start_object(std::size_t) override { return open(); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        if (keys_.back().insert(name).second) return true;
        problem_ = "a key stands twice: " + escapeForDisplay(name.substr(0, 100));
        return false;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        problem_ = "not valid JSON at byte " + std::to_string(position);
        return false;
    }

private:
    bool count() {
        if (++values_ <= max_values_) return true;
        problem_ = "more than " + std::to_string(max_values_) + " values";
        return false;
    }
    bool open() {
        if (!count()) return false;
        keys_.emplace_back();
        if (keys_.size() <= max_depth_) return true;
        problem_ = "nested deeper than " + std::to_string(max_depth_);
        return false;
    }
    bool close() {
        keys_.pop_back();
        return true;
    }

    std::size_t max_depth_, max_values_, values_ = 0;
    std::vector<std::set<std::string>> keys_;
    std::string problem_;
};

}  // namespace

bool parseStrictJson(std::string_view text, int max_depth, json* value, std::string* problem,
                     std::size_t max_values) {
    if (!isUtf8(text)) {
        *problem = "not UTF-8";
        return false;
    }
    // The parser takes a NUL for the end and would not look at what follows.
    if (text.find('\0') != std::string_view::npos) {
        *problem = "a NUL byte";
        return false;
    }
    StructureCheck check(max_depth, max_values);
    if (!json::sax_parse(text.begin(), text.end(), &check)) {
        *problem = check.problem();
        return false;
    }
    *value = json::parse(text.begin(), text.end());
    return true;
}

}  // namespace switchyard::io
